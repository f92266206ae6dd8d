"""Predictions as counts: a confusion matrix for each seed and speaker. Every score is computed from these."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from zoo.errors import ZooError
from zoo.metrics.confusion import Counts

SET = ("model", "source", "target", "protocol", "trained_scheme", "task", "scheme")  # what is scored together


@dataclass(frozen=True)
class SpeakerConfusions:
    """The confusions of one model, source, target, protocol and scheme.

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


def count_by_speaker(
    predictions: pl.DataFrame, classes: tuple[str, ...] = (), speakers: tuple[str, ...] = ()
) -> SpeakerConfusions:
    """Count the predictions of one set (see SET), all folds and seeds of it.

    classes, speakers: their order, such as that of another set; if empty, those that occur, sorted.
    Raises ZooError when an utterance was predicted twice, or different utterances with different seeds.
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
    return SpeakerConfusions(classes, speakers, tuple(sex_of.get(speaker) for speaker in speakers), seeds, confusions)


def occurring(predictions: pl.DataFrame) -> tuple[str, ...]:
    """The classes in labels or predictions, in alphabetical order."""
    return tuple(sorted({*predictions["label"].unique(), *predictions["predicted"].unique()}))


def _numbers(names: pl.Series, order: tuple[str, ...]) -> NDArray[np.int64]:
    return names.replace_strict(list(order), list(range(len(order))), return_dtype=pl.Int64).to_numpy()


def _check(predictions: pl.DataFrame, seeds: tuple[int, ...]) -> None:
    name = "@".join(str(predictions[column][0]) for column in ("model", "source"))
    num_utterances = predictions["utterance_id"].n_unique()
    if predictions.select("seed", "utterance_id").is_duplicated().any():
        raise ZooError(
            f"{name} predicted some utterances of {predictions['target'][0]} twice",
            "the folds' test speakers overlap, or two results were concatenated; run `dvc repro` to make them again",
        )
    if len(predictions) != num_utterances * len(seeds):
        raise ZooError(
            f"{name} predicted different utterances of {predictions['target'][0]} with different seeds",
            "a training is missing; run `dvc repro` to make the predictions again",
        )
