"""The tables of a clean study of EmoDB with its official counts, to be damaged."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import soundfile

from zoo import corpora
from zoo.checks import study as study_checks
from zoo.corpora import emodb
from zoo.corpora.contract import Defect
from zoo.folds.cut import cut
from zoo.library.manifest import measure
from zoo.study import params
from zoo.tables.folds import FOLDS
from zoo.tables.manifest import MANIFEST

PARAMS = Path(__file__).parents[2] / "studies/embedded.yaml"  # whatever study is current
SPEAKERS = "leave_speakers_out"
SENTENCES = "across_sentences"  # leaves rows out of a fold, so that losing some is not damage by itself
KNOWN = {
    "03a01Wa": Defect("twin", "the same audio as 08a01Wa", ("08a01Wa",)),
    "08a01Wa": Defect("twin", "the same audio as 03a01Wa", ("03a01Wa",)),
    "wav/odd.wav": Defect("stereo", "stereo"),
}
Frame = pl.DataFrame


def official_rows() -> list[dict[str, object]]:
    """535 rows with the official counts of EmoDB, every label spread over all speakers and sentences."""
    rows = []
    letters = {word: letter for letter, word in emodb.EMOTIONS.items()}
    for label, number in emodb.COUNTS.items():
        for at in range(number):
            speaker = list(emodb.SPEAKERS)[at % 10]
            take = speaker + emodb.TEXTS[at // 10 % 10] + letters[label]
            name = take + "abc"[at // 100]
            rows.append(
                {
                    "corpus": "emodb",
                    "utterance_id": name,
                    "path": f"wav/{name}.wav",
                    "speaker_id": speaker,
                    "sex": emodb.SPEAKERS[speaker].sex,
                    "age": emodb.SPEAKERS[speaker].age,
                    "language": "de",
                    "licence": "CC-BY-4.0",
                    "native_label": label,
                    "text_id": take[2:5],
                    "take_group": take,
                    "elicitation": "acted",
                    "label_source": "acted",
                    "valence": 0.5,
                    "arousal": 0.5,
                    "dominance": 0.5,
                    "agreement": 0.9,
                    "duration_s": 2.0 + at / 100,
                    "sampling_rate_hz": 16_000,
                    "channels": 1,
                    "level_dbfs": -20.0,
                    "peak": 0.5,
                    "dc_offset": 0.0,
                    "clipped": 0.0,
                    "sha256_file": f"file of {name}",
                    "sha256_samples": f"samples of {name}",
                    "origin": "recorded",
                }
            )
    return rows


@dataclass
class Tables:
    """A study's tables, to be damaged. stale: whether the folds are of another one."""

    manifest: Frame
    folds: Frame
    stale: bool = False

    def put(self, column: str, value: object, utterance: str = "03a02Wa") -> None:
        """Change a cell of the manifest."""
        self.change(column, value, pl.col("utterance_id") == utterance)

    def change(self, column: str, value: object, here: pl.Expr) -> None:
        self.manifest = changed(self.manifest, column, value, here)

    def fold(self, column: str, value: object, here: pl.Expr) -> None:
        self.folds = changed(self.folds, column, value, here)

    def drop(self, here: pl.Expr, share: float = 1.0) -> None:
        """Lose rows of the folds, or the first `share` of them."""
        lost = self.folds.with_row_index().filter(here)["index"].to_list()
        lost = lost[: round(share * len(lost))]
        self.folds = self.folds.with_row_index().filter(~pl.col("index").is_in(lost)).drop("index")

    def sounds(self, samples: np.ndarray, folder: Path) -> None:
        """The manifest's row as a damaged audio file makes it."""
        soundfile.write(folder / "damaged.wav", samples, 16_000, subtype="PCM_16")
        for column, value in measure(folder / "damaged.wav").items():
            if not column.startswith("sha256"):
                self.put(column, value)

    @staticmethod
    def in_fold(fold: int, split: str, **equal: str) -> pl.Expr:
        here = (pl.col("fold") == fold) & (pl.col("split") == split)
        for column, value in equal.items():
            here &= pl.col(column) == value
        return here

    def cut_again(self) -> None:
        """Make the folds from the damaged manifest."""
        self.folds = cut(self.manifest, "emodb", "native", SPEAKERS)

    def speakers(self, fold: int, split: str, sex: str) -> list[str]:
        here = (pl.col("fold") == fold) & (pl.col("split") == split) & (pl.col("sex") == sex)
        return sorted(self.folds.filter(here)["speaker_id"].unique().to_list())

    def another_speaker(self) -> None:
        self.put("speaker_id", "99")
        self.fold("speaker_id", "99", pl.col("utterance_id") == "03a02Wa")

    def speaker_gone(self) -> None:
        here = pl.col("speaker_id") == "16"
        for column, value in (("sex", "female"), ("age", 35), ("speaker_id", "14")):
            self.change(column, value, here)
        self.cut_again()

    def label_swapped(self) -> None:
        self.put("native_label", "sadness")
        self.fold("label", "sadness", pl.col("utterance_id") == "03a02Wa")

    def row_lost(self) -> None:
        self.manifest = self.manifest.filter(pl.col("utterance_id") != "03a02Wa")
        self.folds = self.folds.filter(pl.col("utterance_id") != "03a02Wa")

    def id_twice(self) -> None:
        self.put("utterance_id", "03a04Wa")

    def unknown_label(self) -> None:
        self.put("native_label", "cheerful")
        self.folds = self.folds.filter(pl.col("utterance_id") != "03a02Wa")

    def stranger(self) -> None:
        rows = self.folds.filter(pl.col("utterance_id") == "03a02Wa")
        self.folds = pl.concat([self.folds, rows.with_columns(utterance_id=pl.lit("03a02Wz"))])

    def dev_speaker_tested(self) -> None:
        speaker = self.speakers(0, "dev", "male")[0]
        self.fold("split", "test", self.in_fold(0, "dev", speaker_id=speaker))

    def speaker_leaked(self) -> None:
        row = self.folds.filter(self.in_fold(0, "dev", label="disgust")).row(0, named=True)
        self.fold("split", "train", self.in_fold(0, "dev", utterance_id=row["utterance_id"]))

    def one_speaker_left(self) -> None:
        speaker = self.speakers(0, "train", "male")[0]
        self.fold(
            "split", "dev", (pl.col("fold") == 0) & (pl.col("split") == "train") & (pl.col("speaker_id") != speaker)
        )

    def women_out_of_train(self) -> None:
        women = self.speakers(0, "train", "female")
        self.fold("split", "dev", (pl.col("fold") == 0) & pl.col("speaker_id").is_in(women))

    def women_only_in_dev(self) -> None:
        man, woman = self.speakers(0, "dev", "male")[0], self.speakers(0, "train", "female")[0]
        self.fold("split", "train", self.in_fold(0, "dev", speaker_id=man))
        self.fold("split", "dev", self.in_fold(0, "train", speaker_id=woman))

    def one_fold_tests_most(self) -> None:
        self.fold(
            "split", "test", (pl.col("fold") == 0) & pl.col("speaker_id").is_in(self.speakers(0, "train", "male"))
        )
        self.fold(
            "split", "test", (pl.col("fold") == 0) & pl.col("speaker_id").is_in(self.speakers(0, "train", "female")[1:])
        )

    def strange_vote(self) -> None:
        votes = [{"source": "raters", "label": "cheerful", "count": 2.0}]
        here = pl.col("utterance_id") == "03a02Wa"
        wrong = pl.Series([votes], dtype=self.manifest.schema["votes"])
        self.manifest = self.manifest.with_columns(pl.when(here).then(wrong).otherwise("votes").alias("votes"))

    def folds_renumbered(self) -> None:
        self.folds = self.folds.with_columns(fold=pl.col("fold").replace({0: 1, 1: 0}))

    def sentence_leaked(self) -> None:
        tested = self.folds.filter(self.in_fold(0, "test"))["utterance_id"][0]
        text = self.manifest.filter(pl.col("utterance_id") == tested)["text_id"][0]
        trained = self.folds.filter(self.in_fold(0, "train"))["utterance_id"][0]
        self.put("text_id", text, trained)

    def one_take(self) -> None:
        self.drop(self.in_fold(0, "train", label="fear") & (pl.col("utterance_id") != self.first("train", "fear")))

    def first(self, split: str, label: str) -> str:
        """The first utterance of a label in a split of fold 0."""
        return str(self.folds.filter(self.in_fold(0, split, label=label)).sort("utterance_id")["utterance_id"][0])


def changed(frame: Frame, column: str, value: object, here: pl.Expr) -> Frame:
    literal = pl.lit(value, dtype=frame.schema[column])
    return frame.with_columns(pl.when(here).then(literal).otherwise(pl.col(column)).alias(column))


@pytest.fixture(scope="module")
def clean(facts: None) -> dict[str, Tables]:
    """The tables of a clean study for each protocol."""
    manifest = MANIFEST.check(MANIFEST.frame(official_rows()), "clean")
    return {name: Tables(manifest, cut(manifest, "emodb", "native", name)) for name in (SPEAKERS, SENTENCES)}


@pytest.fixture(scope="module")
def facts() -> Iterator[None]:
    """EmoDB with published hashes, known defects and shorter utterances than it has.

    Its file names are not parsed, so that a damaged speaker, sentence or take is found by the check meant for it.
    """
    get = corpora.get
    published = {str(row["utterance_id"]): str(row["sha256_file"]) for row in official_rows()}
    other = replace(
        get("emodb"),
        known_defects=KNOWN,
        sha256=lambda: published,
        duration_range_s=(0.5, 9.0),
        parse_name=None,
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(corpora, "get", lambda name: other if name == "emodb" else get(name))
        yield


def _found(tables: Tables, protocol: str, folder: Path) -> dict[str, tuple[str, ...]]:
    """What the checks find, by title; a title used by both tables once."""
    current = params.load(PARAMS).model_copy(update={"corpora": ["emodb"], "folds": {"emodb": protocol}})
    paths = [folder / current.derived / table / "emodb.parquet" for table in ("manifest", "folds")]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
    # written without validation, as a faulty program would
    tables.manifest.write_parquet(paths[0], metadata={"zoo.table": "manifest"})
    FOLDS.write(FOLDS.frame([]), paths[1], {"manifest": paths[0]})
    metadata = {**pl.read_parquet_metadata(paths[1]), **({"zoo.input.manifest": "old"} if tables.stale else {})}
    metadata.pop("ARROW:schema", None)
    tables.folds.write_parquet(paths[1], metadata=metadata)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        outcomes = study_checks.check(current)
    findings: dict[str, tuple[str, ...]] = {}
    for one in outcomes:
        if one.state != "skipped":
            findings[one.title] = findings.get(one.title, ()) + one.findings
    return findings


@pytest.fixture(scope="session")
def found() -> Callable[[Tables, str, Path], dict[str, tuple[str, ...]]]:
    """found(tables, protocol, folder): what the checks find in a study with these tables, by title."""
    return _found


@pytest.fixture(scope="session")
def official() -> list[dict[str, object]]:
    """The rows of the clean manifest."""
    return official_rows()
