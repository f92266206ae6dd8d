"""Every kind of damage to a manifest or its folds is caught, stops the study, and is named."""

import json
import shutil
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import polars as pl
import pytest
from rich.console import Console

from zoo import checks, corpora, study
from zoo.corpora import _synthetic
from zoo.corpora._manifest import build
from zoo.errors import REFUSED, ZooError
from zoo.folds._cut import cut
from zoo.study import Study
from zoo.tables.folds import FOLDS
from zoo.tables.manifest import MANIFEST

PARAMS = Path(__file__).parents[2] / "params.yaml"
Change = Callable[[pl.DataFrame], pl.DataFrame]


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the tables of a study of the synthetic EmoDB and RAVDESS."""
    top = tmp_path_factory.mktemp("clean")
    current = study.load(PARAMS)
    for name in ("emodb", "ravdess"):
        (top / "audio" / name).mkdir(parents=True)
        _synthetic.write(name, top / "audio" / name)
        path = top / current.derived / "manifest" / f"{name}.parquet"
        MANIFEST.write(build(name, top / "audio" / name), path, {})
        folds = cut(MANIFEST.read(path), name, current.labels[name], current.folds[name])
        FOLDS.write(folds, top / current.derived / "folds" / f"{name}.parquet", {"manifest": path})
    return top


class Tables:
    """The tables of one corpus in a folder of their own, to be damaged."""

    def __init__(self, name: str) -> None:
        self.study: Study = study.load(PARAMS).model_copy(update={"corpora": [name]})
        self.manifest_path = self.study.derived / "manifest" / f"{name}.parquet"
        self.folds_path = self.study.derived / "folds" / f"{name}.parquet"
        self.manifest = pl.read_parquet(self.manifest_path)
        self.folds = pl.read_parquet(self.folds_path)

    def change_manifest(self, change: Change) -> None:
        """Write a changed manifest, and the folds as if they had been made from it."""
        # written without the table's own rules, as a faulty program would
        change(self.manifest).write_parquet(self.manifest_path, metadata={"zoo.table": "manifest"})
        FOLDS.write(self.folds, self.folds_path, {"manifest": self.manifest_path})

    def change_folds(self, change: Change) -> None:
        FOLDS.write(change(self.folds), self.folds_path, {"manifest": self.manifest_path})

    def found(self) -> dict[str, tuple[str, ...]]:
        """The failed checks with their findings."""
        return {one.title: one.findings for one in checks.check_study(self.study) if one.state == "failed"}

    def warned(self) -> dict[str, tuple[str, ...]]:
        return {one.title: one.findings for one in checks.check_study(self.study) if one.state == "warned"}

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


def test_clean_tables_pass_and_leave_a_page_and_results(
    clean: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(clean / "derived", tmp_path / "derived")
    monkeypatch.chdir(tmp_path)
    both = study.load(PARAMS).model_copy(update={"corpora": ["emodb", "ravdess"]})
    shown = StringIO()
    checks.run(both, Console(file=shown, width=120))
    folder = both.derived / "checks"
    results, page = (folder / "results.json").read_bytes(), (folder / "index.html").read_bytes()
    assert json.loads(results)["passed"] is True
    assert sorted(path.name for path in (folder / "passed").iterdir()) == ["emodb", "ravdess"]
    assert json.loads(results)["synthetic"] == ["emodb", "ravdess"]
    assert b"SYNTHETIC" in page
    assert b"http" not in page.replace(b"http://www.w3.org", b"")
    assert "0 failed" in shown.getvalue()
    assert "no speaker is in two splits of a fold" in shown.getvalue()
    checks.run(both, Console(file=StringIO()))
    assert (results, page) == ((folder / "results.json").read_bytes(), (folder / "index.html").read_bytes())


def test_a_failure_stops_the_study_with_one_line_and_still_leaves_the_page(emodb: Tables) -> None:
    tested = emodb.folds.filter((pl.col("fold") == 1) & (pl.col("split") == "test"))["utterance_id"][0]
    speaker = tested[:2]
    emodb.change_folds(put("split", tested, "train", fold=1))
    with pytest.raises(ZooError) as caught:
        checks.run(emodb.study, Console(file=StringIO()))
    assert caught.value.exit_code == REFUSED
    assert f"fold 1: speaker {speaker} is in train and test" in caught.value.message
    assert "\n" not in caught.value.message
    assert "index.html" in caught.value.hint
    folder = emodb.study.derived / "checks"
    assert f"speaker {speaker} is in train and test" in (folder / "index.html").read_text()
    assert json.loads((folder / "results.json").read_text())["passed"] is False
    assert not (folder / "passed" / "emodb").exists()


def test_a_dev_speaker_in_test_is_named(emodb: Tables) -> None:
    row = emodb.folds.filter((pl.col("fold") == 0) & (pl.col("split") == "dev")).row(0, named=True)
    emodb.change_folds(put("split", row["utterance_id"], "test", fold=0))
    found = emodb.found()
    assert found["no speaker is in two splits of a fold"] == (
        f"fold 0: speaker {row['speaker_id']} is in test and dev",
    )
    assert found["every labelled utterance is tested exactly once"] == (f"{row['utterance_id']} is tested 2 times",)


def test_a_take_in_two_splits_is_named(emodb: Tables) -> None:
    group = emodb.manifest.filter(pl.col("take_group").is_duplicated()).sort("utterance_id")
    name, take = group["utterance_id"][0], group["take_group"][0]
    split = emodb.folds.filter((pl.col("utterance_id") == name) & (pl.col("fold") == 0))["split"][0]
    emodb.change_folds(put("split", name, "dev" if split == "train" else "train", fold=0))
    (finding,) = emodb.found()["no take is in two splits of a fold"]
    assert finding.startswith(f"fold 0: take {take} is in ")


def test_audio_of_two_names_in_two_splits_is_named(emodb: Tables) -> None:
    first, last = emodb.utterance(0), emodb.utterance(-1)
    emodb.change_manifest(put("sha256_samples", last, emodb.manifest["sha256_samples"][0]))
    found = emodb.found()
    assert any(f"{first} = {last}" in finding for finding in found["no audio is in two splits of a fold"])


def test_a_swapped_label_is_named(emodb: Tables) -> None:
    name = emodb.manifest.filter(pl.col("native_label") == "anger")["utterance_id"][0]
    emodb.change_folds(put("label", name, "sadness"))
    assert emodb.found() == {
        "labels are those of the manifest": (f"{name} is 'sadness' in the folds, 'anger' by the manifest",)
    }


def test_a_wrong_speaker_in_the_folds_is_named(emodb: Tables) -> None:
    emodb.change_folds(put("speaker_id", "03a01Wa", "08"))
    assert emodb.found()["speakers are those of the manifest"] == (
        "03a01Wa is '08' in the folds, '03' by the manifest",
    )


def test_a_row_that_the_folds_lost_is_named(emodb: Tables) -> None:
    name = emodb.utterance(5)
    emodb.change_folds(lambda frame: frame.filter(pl.col("utterance_id") != name))
    found = emodb.found()
    assert found["every labelled utterance is tested exactly once"] == (f"{name} is never tested",)
    assert f"fold 0 lacks {name}" in found["every fold holds every labelled utterance"]


def test_an_utterance_that_the_manifest_lost_is_named(emodb: Tables) -> None:
    name = emodb.utterance(7)
    emodb.change_manifest(lambda frame: frame.filter(pl.col("utterance_id") != name))
    assert emodb.found()["every utterance of a fold is in the manifest"] == (f"{name} is not in the manifest",)


def test_a_fold_without_dev_is_named(emodb: Tables) -> None:
    emodb.change_folds(lambda frame: frame.filter((pl.col("fold") != 2) | (pl.col("split") != "dev")))
    assert emodb.found()["every fold has train, dev and test"] == ("fold 2 has no dev",)


def test_a_class_absent_from_train_fails_and_from_dev_only_warns(emodb: Tables) -> None:
    def without(split: str) -> Change:
        here = (pl.col("fold") == 3) & (pl.col("split") == split) & (pl.col("label") == "fear")
        return lambda frame: frame.filter(~here)

    emodb.change_folds(without("train"))
    assert emodb.found()["every class is in every fold's train"] == ("fold 3: no fear in train",)
    emodb.change_folds(without("dev"))
    assert "every class is in every fold's train" not in emodb.found()
    assert emodb.warned()["every class is in every fold's dev and test"] == ("fold 3: no fear in dev",)


def test_folds_of_another_manifest_are_named(emodb: Tables) -> None:
    manifest = emodb.manifest.with_columns(pl.col("duration_s") + 0.01)
    MANIFEST.write(manifest, emodb.manifest_path, {})
    (finding,) = emodb.found()["the folds were made from this manifest"]
    assert "emodb.parquet was not made from" in finding


def test_folds_of_another_protocol_and_scheme_are_named(emodb: Tables) -> None:
    emodb.change_folds(lambda frame: frame.with_columns(pl.lit("random").alias("protocol"), scheme=pl.lit("core4")))
    found = emodb.found()
    assert "protocol is 'random'" in found["folds follow the study's protocol"][0]
    assert "scheme is 'core4'" in found["labels are in the study's scheme"][0]


def test_an_unknown_label_is_named(emodb: Tables) -> None:
    name = emodb.utterance(3)
    emodb.change_manifest(put("native_label", name, "cheerful"))
    found = emodb.found()
    assert found["labels are the corpus's words"] == (f"{name}: native_label is 'cheerful'",)
    assert "'cheerful' of emodb" in found["scheme core4 has a row for every label"][0]


def test_an_unknown_speaker_is_named(emodb: Tables) -> None:
    emodb.change_manifest(put("speaker_id", "03a01Wa", "99"))
    assert emodb.found()["speakers are the corpus's"] == ("03a01Wa: speaker_id is '99'",)


@pytest.mark.parametrize("value", [float("nan"), 0.0, float("inf")])
def test_a_duration_that_cannot_be_is_named(emodb: Tables, value: float) -> None:
    emodb.change_manifest(put("duration_s", "03a01Wa", value))
    found = {title: findings for title, findings in emodb.found().items() if title.startswith("durations are")}
    assert len(found) == 1
    assert next(iter(found.values()))[0].startswith("03a01Wa: duration_s is")


def test_an_id_that_occurs_twice_is_named(emodb: Tables) -> None:
    first, second = emodb.utterance(0), emodb.utterance(1)
    emodb.change_manifest(lambda frame: put("utterance_id", second, first)(frame))
    assert emodb.found()["every utterance has an id of its own"] == (first,)


def test_identical_audio_with_two_labels_fails_and_with_one_only_warns(emodb: Tables) -> None:
    first = emodb.manifest.row(0, named=True)
    same = emodb.manifest.filter(
        (pl.col("native_label") == first["native_label"])
        & (pl.col("speaker_id") == first["speaker_id"])
        & (pl.col("utterance_id") != first["utterance_id"])
    )["utterance_id"][0]
    other = emodb.manifest.filter(pl.col("native_label") != first["native_label"])["utterance_id"][0]
    emodb.change_manifest(put("sha256_samples", same, first["sha256_samples"]))
    assert "identical audio has one label and speaker" not in emodb.found()
    assert first["utterance_id"] in emodb.warned()["no audio is there twice"][0]
    emodb.change_manifest(put("sha256_samples", other, first["sha256_samples"]))
    (finding,) = emodb.found()["identical audio has one label and speaker"]
    assert first["utterance_id"] in finding
    assert other in finding


def test_recorded_corpora_are_held_to_official_counts_and_durations(emodb: Tables) -> None:
    emodb.change_manifest(
        lambda frame: put("duration_s", "03a01Wa", 12.0)(
            frame.filter(pl.col("speaker_id") != "16").with_columns(pl.lit("recorded").alias("origin"))
        )
    )
    found = emodb.found()
    anger = emodb.manifest.filter((pl.col("native_label") == "anger") & (pl.col("speaker_id") != "16")).height
    assert f"anger: {anger} of 127 ({127 - anger} missing)" in found["labels have their official counts"]
    assert found["every official speaker is here"] == ("speaker 16 is missing",)
    assert found["durations lie in the corpus's range"] == ("03a01Wa: duration_s is 12.000",)
    assert "the corpus has its official size" in found


def test_known_defects_of_a_recorded_corpus_warn_only(
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
    assert any(finding.startswith(f"{known}: ") for finding in warned["the corpus has no known defects"])
    assert "files have one channel" not in warned


def test_recorded_and_synthetic_rows_in_one_manifest_are_caught(emodb: Tables) -> None:
    emodb.change_manifest(put("origin", "03a01Wa", "recorded"))
    assert emodb.found()["recorded and synthetic speech are not mixed"] == (
        f"1 recorded, {emodb.manifest.height - 1} synthetic",
    )


def test_a_manifest_that_is_no_table_fails_without_a_traceback(emodb: Tables) -> None:
    emodb.manifest_path.write_bytes(b"not a table")
    (finding,) = emodb.found()["the table has its columns, types, keys and words"]
    assert "emodb.parquet" in finding


def test_a_manifest_with_a_column_of_another_type_is_named(emodb: Tables) -> None:
    emodb.change_manifest(lambda frame: frame.with_columns(pl.col("channels").cast(pl.Int32)))
    (finding,) = emodb.found()["the table has its columns, types, keys and words"]
    assert "channels is Int32" in finding
