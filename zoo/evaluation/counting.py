"""Predictions as answers by speaker and seed, and their sums. Every score is computed from these."""

from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from zoo.errors import ZooError
from zoo.evaluation.calibration import leave_fold_out, temperature
from zoo.metrics.confusion import confusions
from zoo.metrics.contract import Answers, Metric, Sums
from zoo.tables.manifest import NO_SPEAKER
from zoo.tasks.classes import softmax

UNKNOWN = "unknown"  # stands for all speakers whom nobody knows
NO_SPEAKERS = "none: the speakers are unknown, and utterances of one speaker are not independent"  # no interval
# what is scored together
SET = ("model", "source", "target", "protocol", "task", "trained_scheme", "scheme")


@dataclass(frozen=True)
class BySpeaker:
    """The answers of one model, source, target, protocol, task and scheme.

    classes: of labels, predictions and probabilities, in alphabetical order; empty for a dimensional task.
    sexes: (K,), None where unknown. answers: of all S seeds, in groups of a seed and speaker (number: seed * K +
    speaker). temperature: the best one for all folds together, None if the answers were not recalibrated.
    """

    classes: tuple[str, ...]
    speakers: tuple[str, ...]
    sexes: tuple[str | None, ...]
    seeds: tuple[int, ...]
    answers: Answers
    temperature: float | None = None
    _kept: dict[object, Sums] = field(default_factory=dict, compare=False, repr=False)

    def sums(self, metric: Metric) -> Sums:
        """A metric's sums (S, K, ...) of every seed and speaker."""
        if metric.sums not in self._kept:
            found = metric.of(self.answers)
            self._kept[metric.sums] = found.reshape(len(self.seeds), len(self.speakers), *found.shape[1:])
        return self._kept[metric.sums]

    def number(self, metric: Metric) -> int:
        """The utterances of each seed that a metric counts."""
        return len(self.answers.complete(metric.needs)) // len(self.seeds)

    @property
    def anonymous(self) -> bool:
        """Whether nobody knows who speaks, so that there is no interval over speakers."""
        return self.speakers == (UNKNOWN,)

    @property
    def confusions(self) -> Sums:
        """The confusion matrices (S, K, C, C) of seeds and speakers; utterances without a label are not counted."""
        found = confusions(self.answers.complete(("label", "predicted")))
        return found.reshape(len(self.seeds), len(self.speakers), *found.shape[1:])

    @property
    def total(self) -> NDArray[np.float64]:
        """The confusion matrix (C, C) of all speakers, the mean over seeds."""
        return np.asarray(self.confusions.sum(axis=1).mean(axis=0), np.float64)

    @property
    def num_utterances(self) -> int:
        """Utterances of each seed."""
        return len(self.answers) // len(self.seeds)


def by_speaker(
    predictions: pl.DataFrame,
    classes: tuple[str, ...] = (),
    speakers: tuple[str, ...] = (),
    outputs: tuple[str, ...] = (),
    recalibrate: bool = False,
) -> BySpeaker:
    """The answers in the predictions of one set (see SET), all folds and seeds of it.

    predictions: the columns utterance_id, speaker_id, seed, label and predicted; what else a predictions table has is
    used where it is there. classes, speakers: their order, such as that of another set; if empty, those that occur,
    sorted. outputs: the classes of the probabilities; if empty, `classes` if there are as many. recalibrate: whether to
    fit temperatures to the logits.
    Raises ZooError when an utterance was predicted twice, or different utterances with different seeds.
    """
    classes = classes or tuple(sorted({*occurring(predictions), *outputs}))
    who = known_speakers(predictions["speaker_id"])
    speakers = speakers or tuple(who.unique().sort().to_list())
    seeds = tuple(predictions["seed"].unique().sort().to_list())
    _check(predictions, seeds)
    seed = _numbers(predictions["seed"].cast(pl.String), tuple(str(seed) for seed in seeds))
    truth = _rows(predictions, "truth")
    answers = Answers(
        seed * len(speakers) + _numbers(who, speakers),
        len(seeds) * len(speakers),
        len(classes),
        label=_numbers(predictions["label"], classes) if classes else None,
        predicted=_numbers(predictions["predicted"], classes) if predictions["predicted"].count() else None,
        probabilities=_probabilities(predictions, classes, outputs, truth),
        truth=truth,
        values=_rows(predictions, "values"),
    )
    best = None
    if recalibrate and truth is None:
        answers = replace(answers, recalibrated=_recalibrated(predictions, answers, seed))
        logits = _rows(predictions, "logits")
        if answers.recalibrated is not None and logits is not None and answers.label is not None:
            best = temperature(logits, answers.label)
    known = predictions.select(who, "sex").unique(maintain_order=True) if "sex" in predictions else None
    sexes = dict(known.iter_rows()) if known is not None else {}
    return BySpeaker(classes, speakers, tuple(sexes.get(name) for name in speakers), seeds, answers, best)


def known_speakers(speakers: pl.Series) -> pl.Series:
    """The speakers, all unknown ones under one name: what is of one of them may be of any other."""
    unknown = pl.col("speaker_id").str.contains(f"(^|/){NO_SPEAKER}")
    named = pl.when(unknown).then(pl.lit(UNKNOWN)).otherwise(pl.col("speaker_id")).alias("speaker_id")
    return speakers.alias("speaker_id").to_frame().select(named).to_series()


def occurring(predictions: pl.DataFrame) -> tuple[str, ...]:
    """The classes in labels or predictions, in alphabetical order."""
    return tuple(sorted({*predictions["label"].unique(), *predictions["predicted"].unique()} - {None}))


def _numbers(names: pl.Series, order: tuple[str, ...]) -> NDArray[np.int64]:
    """The place of each name in the order, -1 for none."""
    places = names.replace_strict(list(order), list(range(len(order))), return_dtype=pl.Int64)
    return places.fill_null(-1).to_numpy()


def _rows(predictions: pl.DataFrame, column: str) -> NDArray[np.float64] | None:
    """A column of lists as (N, length), NaN for null; None if it is absent, all null, or of several lengths."""
    if column not in predictions:
        return None
    lists = predictions[column]
    lengths = lists.list.len().drop_nulls().unique().to_list()
    if len(lengths) != 1 or not lengths[0]:
        return None
    rows = np.full((len(lists), lengths[0]), np.nan)
    flat = lists.drop_nulls().explode().cast(pl.Float64).fill_null(np.nan).to_numpy()
    rows[lists.is_not_null().to_numpy()] = flat.reshape(-1, lengths[0])
    return rows


def _probabilities(
    predictions: pl.DataFrame, classes: tuple[str, ...], outputs: tuple[str, ...], truth: NDArray[np.float64] | None
) -> NDArray[np.float64] | None:
    """(N, C) in the order of the classes, 0 for a class that is no output; None if the outputs' names are unknown.

    Beside a distribution as truth: as they are, since both have the same order.
    """
    rows = _rows(predictions, "probabilities")
    if rows is None or (truth is not None and rows.shape == truth.shape):
        return rows
    outputs = outputs or classes
    if rows.shape[1] != len(outputs) or not set(outputs) <= set(classes):
        return None
    if outputs == classes:
        return rows
    placed = np.zeros((len(rows), len(classes)))
    placed[:, [classes.index(name) for name in outputs]] = rows
    return placed


def _recalibrated(predictions: pl.DataFrame, answers: Answers, seed: NDArray[np.int64]) -> NDArray[np.float64] | None:
    """Probabilities at the temperature of the other folds' logits, each seed by itself.

    None without folds or logits, and where probabilities are not those of the logits, such as in another scheme.
    """
    logits, stated = _rows(predictions, "logits"), answers.probabilities
    if logits is None or answers.label is None or stated is None or "fold" not in predictions:
        return None
    if logits.shape != stated.shape or np.isnan(logits).any() or not np.allclose(softmax(logits), stated, atol=1e-3):
        return None
    folds = _speaker_sets(predictions)
    recalibrated = np.empty(logits.shape)
    for number in np.unique(seed):
        here = seed == number
        found = leave_fold_out(logits[here], answers.label[here], folds[here])
        if found is None:
            return None
        recalibrated[here] = found
    return recalibrated


def _speaker_sets(predictions: pl.DataFrame) -> NDArray[np.int64]:
    """A number for each row's fold, the same for folds of the same speakers, such as on other sentences: (N,)."""
    tested = predictions.group_by("fold").agg(pl.col("speaker_id").unique().sort().str.join("\0").alias("tested"))
    rows = predictions.select("fold").join(tested, on="fold", maintain_order="left")
    return rows["tested"].rank("dense").to_numpy().astype(np.int64)


def _check(predictions: pl.DataFrame, seeds: tuple[int, ...]) -> None:
    named = {column: str(predictions[column][0]) for column in ("model", "source", "target") if column in predictions}
    name = "@".join(named[column] for column in ("model", "source") if column in named) or "the model"
    where = f" of {named['target']}" if "target" in named else ""
    num_utterances = predictions["utterance_id"].n_unique()
    if predictions.select("seed", "utterance_id").is_duplicated().any():
        raise ZooError(
            f"{name} predicted some utterances{where} twice",
            "the folds' test speakers overlap, or two results were concatenated; run `dvc repro` to make them again",
        )
    if len(predictions) != num_utterances * len(seeds):
        raise ZooError(
            f"{name} predicted different utterances{where} with different seeds",
            "a training is missing; run `dvc repro` to make the predictions again",
        )
