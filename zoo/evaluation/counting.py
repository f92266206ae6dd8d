"""Predictions as counts: a confusion matrix for each seed and speaker. Every score starts from these."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from zoo.errors import ZooError
from zoo.metrics.confusion import Counts

SET = ("architecture", "source", "target", "protocol", "trained_scheme", "scheme")  # what is scored together


@dataclass(frozen=True)
class Counted:
    """Predictions of one architecture, source, target, protocol and scheme.

    confusions: (S, K, C, C) for S seeds, K speakers and the C classes (alphabetical) of labels and predictions.
    sexes: (K,), None where unknown.
    """

    classes: tuple[str, ...]
    speakers: tuple[str, ...]
    sexes: tuple[str | None, ...]
    seeds: tuple[int, ...]
    confusions: Counts

    @property
    def total(self) -> NDArray[np.float64]:
        """The confusion matrix (C, C) of all speakers, the mean over seeds."""
        return np.asarray(self.confusions.sum(axis=1).mean(axis=0), np.float64)

    @property
    def num_utterances(self) -> int:
        """Utterances of each seed."""
        return int(self.confusions[0].sum())


def count(predictions: pl.DataFrame, classes: tuple[str, ...] = (), speakers: tuple[str, ...] = ()) -> Counted:
    """Count the predictions of one set (see SET), all folds and seeds of it.

    classes, speakers: the order to count in, such as that of another set; those that occur, sorted, if empty.
    Raises ZooError when an utterance was predicted twice, or some seeds saw other utterances than others.
    """
    classes = classes or occurring(predictions)
    speakers = speakers or tuple(predictions["speaker_id"].unique().sort().to_list())
    seeds = tuple(predictions["seed"].unique().sort().to_list())
    _check(predictions, seeds)
    num_classes = len(classes)
    shape = (len(seeds), len(speakers), num_classes, num_classes)
    cells = np.ravel_multi_index(
        (
            _numbers(predictions["seed"].cast(pl.String), tuple(str(seed) for seed in seeds)),
            _numbers(predictions["speaker_id"], speakers),
            _numbers(predictions["label"], classes),
            _numbers(predictions["predicted"], classes),
        ),
        shape,
    )
    confusions = np.bincount(cells, minlength=int(np.prod(shape))).reshape(shape)
    sex_of = dict(predictions.select("speaker_id", "sex").unique(maintain_order=True).iter_rows())
    return Counted(classes, speakers, tuple(sex_of.get(speaker) for speaker in speakers), seeds, confusions)


def occurring(predictions: pl.DataFrame) -> tuple[str, ...]:
    """The classes in labels or predictions, in alphabetical order."""
    return tuple(sorted({*predictions["label"].unique(), *predictions["predicted"].unique()}))


def _numbers(words: pl.Series, order: tuple[str, ...]) -> NDArray[np.int64]:
    return words.replace_strict(list(order), list(range(len(order))), return_dtype=pl.Int64).to_numpy()


def _check(predictions: pl.DataFrame, seeds: tuple[int, ...]) -> None:
    name = "@".join(str(predictions[column][0]) for column in ("architecture", "source"))
    num_utterances = predictions["utterance_id"].n_unique()
    if predictions.select("seed", "utterance_id").is_duplicated().any():
        raise ZooError(
            f"{name} predicted some utterances of {predictions['target'][0]} twice",
            "the folds' test speakers overlap, or two results were put together; make them again: dvc repro",
        )
    if len(predictions) != num_utterances * len(seeds):
        raise ZooError(
            f"{name} predicted other utterances of {predictions['target'][0]} with one seed than with another",
            "a training is missing; make the predictions again: dvc repro",
        )
