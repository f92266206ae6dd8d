"""Every kind of damage to a manifest or its folds is caught, stops the pipeline, and is reported."""

import json
import shutil
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import polars as pl
import pytest
from fixtures.folds import unrated
from rich.console import Console

from zoo import corpora, synthetic
from zoo.checks import study as study_checks
from zoo.errors import REFUSED, ZooError
from zoo.folds.cut import cut
from zoo.library.manifest import build
from zoo.study import params
from zoo.study.study import Study
from zoo.tables.folds import FOLDS
from zoo.tables.manifest import MANIFEST

PARAMS = Path(__file__).parents[2] / "studies/embedded.yaml"  # whatever study is current
Change = Callable[[pl.DataFrame], pl.DataFrame]


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the tables of a study of the synthetic EmoDB and RAVDESS."""
    top = tmp_path_factory.mktemp("clean")
    current = params.load(PARAMS)
    for name in ("emodb", "ravdess"):
        (top / "audio" / name).mkdir(parents=True)
        synthetic.write(name, top / "audio" / name)
        path = top / current.derived / "manifest" / f"{name}.parquet"
        MANIFEST.write(build(name, top / "audio" / name), path, {})
        folds = cut(MANIFEST.read(path), name, current.labels[name], current.folds[name])
        FOLDS.write(folds, top / current.derived / "folds" / f"{name}.parquet", {"manifest": path})
    return top


class Tables:
    """The tables of one corpus in a folder of their own, to be damaged."""

    def __init__(self, name: str) -> None:
        self.study: Study = params.load(PARAMS).model_copy(update={"corpora": [name]})
        self.manifest_path = self.study.derived / "manifest" / f"{name}.parquet"
        self.folds_path = self.study.derived / "folds" / f"{name}.parquet"
        self.manifest = pl.read_parquet(self.manifest_path)
        self.folds = pl.read_parquet(self.folds_path)

    def change_manifest(self, change: Change) -> None:
        """Write a changed manifest, and folds that refer to it."""
        # written without the table's own rules, as a faulty program would
        change(self.manifest).write_parquet(self.manifest_path, metadata={"zoo.table": "manifest"})
        FOLDS.write(self.folds, self.folds_path, {"manifest": self.manifest_path})

    def change_folds(self, change: Change) -> None:
        FOLDS.write(change(self.folds), self.folds_path, {"manifest": self.manifest_path})

    def found(self) -> dict[str, tuple[str, ...]]:
        """The failed checks with their findings."""
        return {one.title: one.findings for one in study_checks.check(self.study) if one.state == "failed"}

    def warned(self) -> dict[str, tuple[str, ...]]:
        return {one.title: one.findings for one in study_checks.check(self.study) if one.state == "warned"}

    def utterance(self, number: int) -> str:
        return str(self.manifest["utterance_id"][number])


@pytest.fixture
def emodb(clean: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tables:
    shutil.copytree(clean / "derived", tmp_path / "derived")
    monkeypatch.chdir(tmp_path)
    return Tables("emodb")


def put(column: str, utterance: str, value: object, fold: int | None = None) -> Change:
    """Change one cell (of one fold)."""
    here = pl.col("utterance_id") == utterance
    if fold is not None:
        here &= pl.col("fold") == fold
    return lambda frame: frame.with_columns(
        pl.when(here).then(pl.lit(value, dtype=frame.schema[column])).otherwise(pl.col(column)).alias(column)
    )


def all_recorded(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.lit("recorded").alias("origin"))


def test_clean_tables_pass_and_page_and_results_are_written(
    clean: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(clean / "derived", tmp_path / "derived")
    monkeypatch.chdir(tmp_path)
    both = params.load(PARAMS).model_copy(update={"corpora": ["emodb", "ravdess"]})
    shown = StringIO()
    study_checks.run(both, Console(file=shown, width=120))
    folder = both.derived / "checks"
    results, page = (folder / "results.json").read_bytes(), (folder / "index.html").read_bytes()
    assert json.loads(results)["passed"] is True
    assert sorted(path.name for path in (folder / "passed").iterdir()) == ["emodb", "ravdess"]
    assert json.loads(results)["synthetic"] == ["emodb", "ravdess"]
    assert b"SYNTHETIC" in page
    assert b"http" not in page.replace(b"http://www.w3.org", b"")
    assert "0 failed" in shown.getvalue()
    assert "no speaker is in two splits of a fold" in shown.getvalue()
    study_checks.run(both, Console(file=StringIO()))
    assert (results, page) == ((folder / "results.json").read_bytes(), (folder / "index.html").read_bytes())


def test_a_recording_in_two_corpora_of_a_study_is_caught_in_both(emodb: Tables) -> None:
    both = params.load(PARAMS).model_copy(update={"corpora": ["emodb", "ravdess"]})
    path = both.derived / "manifest/ravdess.parquet"
    other = MANIFEST.read(path)
    copied = emodb.manifest.row(3, named=True)
    MANIFEST.write(put("sha256_samples", other["utterance_id"][7], copied["sha256_samples"])(other), path, {})
    title = "no audio is that of another corpus of the study"
    found = {one.corpus: one.findings for one in study_checks.check(both) if one.title == title}
    assert found == {
        "emodb": (f"{copied['utterance_id']} = {other['utterance_id'][7]} of ravdess",),
        "ravdess": (f"{other['utterance_id'][7]} = {copied['utterance_id']} of emodb",),
    }


def test_a_failure_stops_the_pipeline_with_one_line_and_still_writes_the_page(emodb: Tables) -> None:
    tested = emodb.folds.filter((pl.col("fold") == 1) & (pl.col("split") == "test"))["utterance_id"][0]
    speaker = tested[:2]
    emodb.change_folds(put("split", tested, "train", fold=1))
    with pytest.raises(ZooError) as caught:
        study_checks.run(emodb.study, Console(file=StringIO()))
    assert caught.value.exit_code == REFUSED
    assert f"fold 1: speaker {speaker} is in train and test" in caught.value.message
    assert "\n" not in caught.value.message
    assert "index.html" in caught.value.hint
    folder = emodb.study.derived / "checks"
    assert f"speaker {speaker} is in train and test" in (folder / "index.html").read_text()
    assert json.loads((folder / "results.json").read_text())["passed"] is False
    assert not (folder / "passed" / "emodb").exists()


def test_known_defects_of_a_recorded_corpus_only_warn(
    clean: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(clean / "derived", tmp_path / "derived")
    monkeypatch.chdir(tmp_path)
    ravdess = Tables("ravdess")
    known = sorted(corpora.get("ravdess").known_defects)[0]
    first = ravdess.utterance(0)
    # as in the official corpus, where this file has two channels
    ravdess.change_manifest(
        lambda frame: put("channels", known, 2)(put("utterance_id", first, known)(all_recorded(frame)))
    )
    warned = ravdess.warned()
    assert any(finding.startswith(f"{known}: ") for finding in warned["no known defect of the corpus is present"])
    assert "files have one channel" not in warned


def test_a_manifest_that_is_not_a_table_fails_without_a_traceback(emodb: Tables) -> None:
    emodb.manifest_path.write_bytes(b"not a table")
    (finding,) = emodb.found()["the table has the expected columns, types, keys and values"]
    assert "emodb.parquet" in finding


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("speaker_id", "10", "wav/03a01Fa.wav: speaker_id is '10', its name states '03'"),
        ("text_id", None, "wav/03a01Fa.wav: text_id is 'None', its name states 'a01'"),
        ("take_group", "03a01Fa", "wav/03a01Fa.wav: take_group is '03a01Fa', its name states '03a01F'"),
        ("native_label", "anger", "wav/03a01Fa.wav: native_label is 'anger', its name states 'happiness'"),
        ("path", "wav/notes.wav", "wav/notes.wav is not a file name of EmoDB"),
    ],
)
def test_a_manifest_that_disagrees_with_its_file_names_is_caught(column, value, message):
    import polars as pl

    from zoo import corpora
    from zoo.checks.manifest import checks

    row = {
        "utterance_id": "03a01Fa",
        "speaker_id": "03",
        "text_id": "a01",
        "take_group": "03a01F",
        "native_label": "happiness",
    }
    rule = next(
        one
        for one in checks(corpora.get("emodb"), [], False, None)
        if one.title == "ids, speakers, sentences, takes and labels match the file names"
    )
    sound = pl.DataFrame([row | {"path": "wav/03a01Fa.wav"}])
    assert rule.find(sound) == []
    found = rule.find(sound.with_columns(pl.lit(value, dtype=pl.String).alias(column)))
    assert any(line.startswith(message) for line in found)


def test_folds_that_separate_a_session_are_caught():
    import polars as pl

    from zoo.checks.folds import checks
    from zoo.folds.cut import cut

    names = [f"Ses0{session}{letter}" for session in range(1, 6) for letter in "FM"]
    rows = pl.DataFrame(
        [
            {
                "corpus": "iemocap",
                "utterance_id": f"{name}-{word}-{number}",
                "speaker_id": name,
                "sex": {"F": "female", "M": "male"}[name[-1]],
                "native_label": word,
                "take_group": f"{name}-{word}",
                "text_id": None,
                "sha256_samples": f"{name}-{word}-{number}",
            }
            for name in names
            for word in ("ang", "neu")
            for number in range(3)
        ]
    )
    manifest = unrated(rows)

    def found(protocol):
        rules = checks("iemocap", protocol, "native", manifest)
        rule = next(one for one in rules if one.title == "speakers of one session are in one split")
        return rule.find(cut(manifest, "iemocap", "native", protocol))

    assert found("leave_one_session_out") == []
    assert found("leave_one_speaker_out")[0] == "Ses01F and Ses01M in test and train of fold 0"
