"""Scores of predictions in files: figures with intervals, and the paired difference of two files."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path, PurePosixPath

import polars as pl

from zoo.errors import WRONG_USAGE, ZooError
from zoo.evaluation.comparison import Difference, difference
from zoo.evaluation.counting import NO_SPEAKERS, BySpeaker, by_speaker, occurring
from zoo.evaluation.foreign import read
from zoo.evaluation.intervals import Estimate, jackknife
from zoo.metrics.confusion import ACCURACY, MACRO_F1, UAR, WEIGHTED_F1
from zoo.tables.manifest import NO_SPEAKER

METRICS = (UAR, MACRO_F1, WEIGHTED_F1, ACCURACY)
COMPARED = (UAR, MACRO_F1)


@dataclass(frozen=True)
class FileScore:
    """The figures of a file: metric -> estimate. num_speakers: None if the file names none.

    classes: of the labels. absent: those that are predicted though no utterance has them: the UAR is the mean over the
    others.
    """

    path: str
    figures: dict[str, Estimate]
    classes: tuple[str, ...]
    absent: tuple[str, ...]
    num_utterances: int
    num_speakers: int | None
    num_seeds: int
    synthetic: bool


@dataclass(frozen=True)
class Scores:
    """The scores of a file, of the one it is compared with, and first minus second: metric -> difference."""

    confidence: float
    first: FileScore
    second: FileScore | None
    differences: dict[str, Difference]

    @property
    def files(self) -> list[FileScore]:
        """The one or two files."""
        return [self.first] if self.second is None else [self.first, self.second]


def score(path: Path, against: Path | None = None, confidence: float = 0.95) -> Scores:
    """Score the predictions in a file, and compare them with those in another, of the same utterances.

    Raises ZooError for files that cannot be read (see zoo.evaluation.foreign), a confidence that is not between 0 and
    1, and files of different utterances, labels or speakers.
    """
    if not 0 < confidence < 1:
        raise ZooError(f"the confidence {confidence:g} is not between 0 and 1", "95 % is 0.95", WRONG_USAGE)
    frame = read(path)
    if against is None:
        return Scores(confidence, _score(path, frame, by_speaker(frame), confidence), None, {})
    frame, other = matched(path, frame, against, read(against))
    classes = tuple(sorted({*occurring(frame), *occurring(other)}))
    one, two = by_speaker(frame, classes), by_speaker(other, classes)
    differences = {metric.name: difference(one, two, confidence, metric) for metric in COMPARED}
    if one.anonymous:
        differences = {name: replace(found, how=NO_SPEAKERS) for name, found in differences.items()}
    first, second = (
        _score(where, rows, found, confidence) for where, rows, found in ((path, frame, one), (against, other, two))
    )
    return Scores(confidence, first, second, differences)


def matched(path: Path, frame: pl.DataFrame, against: Path, other: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Both files' predictions with the same names of utterances and speakers.

    A path stands for its file name without suffix where the files do not agree otherwise. A file without speakers takes
    those of the other one. Raises ZooError unless utterances, labels and speakers are the same.
    """
    if set(frame["utterance_id"]) != set(other["utterance_id"]):
        short, shorter = _by_stem(frame), _by_stem(other)
        if short is None or shorter is None or set(short["utterance_id"]) != set(shorter["utterance_id"]):
            raise _different(path, set(frame["utterance_id"]), against, set(other["utterance_id"]))
        frame, other = short, shorter
    if not _has_speakers(frame):
        frame = _with_speakers(frame, other)
    elif not _has_speakers(other):
        other = _with_speakers(other, frame)
    facts = ["utterance_id", "label", "speaker_id"]
    pairs = frame.select(facts).unique().join(other.select(facts).unique(), on="utterance_id", suffix="_other")
    for column, what in (("label", "label"), ("speaker_id", "speaker")):
        wrong = pairs.filter(pl.col(column) != pl.col(f"{column}_other")).sort("utterance_id")
        if len(wrong):
            row = wrong.row(0, named=True)
            raise ZooError(
                f"{len(wrong)} utterances have another {what} in {against}, such as '{row['utterance_id']}': "
                f"'{row[column]}' and '{row[f'{column}_other']}'",
                f"compare predictions of the same utterances with the same {what}s",
                WRONG_USAGE,
            )
    return frame, other


def _score(path: Path, frame: pl.DataFrame, found: BySpeaker, confidence: float) -> FileScore:
    figures = {metric.name: jackknife(found.sums(metric), metric, confidence) for metric in METRICS}
    if found.anonymous:
        figures = {name: replace(one, how=NO_SPEAKERS) for name, one in figures.items()}
    labelled = tuple(sorted(set(frame["label"])))
    absent = tuple(sorted(set(frame["predicted"]) - set(labelled)))
    return FileScore(
        str(path),
        figures,
        labelled,
        absent,
        found.num_utterances,
        None if found.anonymous else len(found.speakers),
        len(found.seeds),
        bool(frame["synthetic"].any()),
    )


def _has_speakers(frame: pl.DataFrame) -> bool:
    return set(frame["speaker_id"]) != {NO_SPEAKER}


def _with_speakers(frame: pl.DataFrame, other: pl.DataFrame) -> pl.DataFrame:
    known: Mapping[str, str] = dict(other.select("utterance_id", "speaker_id").iter_rows())
    return frame.with_columns(pl.col("utterance_id").replace_strict(known, return_dtype=pl.String).alias("speaker_id"))


def _by_stem(frame: pl.DataFrame) -> pl.DataFrame | None:
    """The same with file names without folder and suffix; None where they are not unique."""
    names = frame["utterance_id"].to_list()
    short = [PurePosixPath(name.replace("\\", "/")).stem for name in names]
    if len(set(short)) != len(set(names)):
        return None
    return frame.with_columns(pl.Series("utterance_id", short))


def _different(path: Path, one: set[str], against: Path, other: set[str]) -> ZooError:
    only = sorted(one - other) or sorted(other - one)
    where, elsewhere = (against, other) if one - other else (path, one)
    near = get_close_matches(only[0], sorted(elsewhere - (one & other)) or sorted(elsewhere), n=1, cutoff=0.6)
    hint = f"did you mean '{near[0]}'? " if near else ""
    return ZooError(
        f"the files are of different utterances: {len(one & other)} in common, {len(one - other)} only in {path}, "
        f"{len(other - one)} only in {against}; '{only[0]}' is not in {where}",
        f"{hint}compare predictions of the same utterances, named alike",
        WRONG_USAGE,
    )
