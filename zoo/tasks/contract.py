"""The contract of tasks: what a network is to answer about an utterance, and how wrong an answer is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np
import numpy.typing as npt
import polars as pl

if TYPE_CHECKING:  # whoever only asks which utterances a task can use needs no torch
    from torch import Tensor

Numbers = npt.NDArray[np.float32]
Classes = Sequence[str]


class Loss(Protocol):
    """The mean loss of utterances; see `Task.loss`."""

    def __call__(self, outputs: "Tensor", targets: "Tensor", among: "Tensor | None" = None) -> "Tensor":
        """outputs (B, O), targets (B, O) -> a scalar. among: (N, O), see `Task.loss`."""


@dataclass(frozen=True)
class Reading:
    """How consecutive outputs are read.

    names: of the outputs, in their order. kind: probabilities, of which one is true: their softmax, which adds up to 1;
    values: each by the logistic function, from 0 to 1. seen: whether anybody sees them.
    """

    names: tuple[str, ...]
    kind: Literal["probabilities", "values"]
    seen: bool = True


@dataclass(frozen=True)
class Task:
    """A network gives a row of O outputs for each utterance; the task says how many, trains, validates and reads them.

    rows: utterances of a FOLDS frame, with the columns of their manifest.

    num_outputs: O. readings: of all outputs, in their order.
    targets(rows) -> (N, O): what is right; NaN where there is no such thing, throughout a row that is of no use.
    loss(targets of the training utterances) -> a function of outputs (B, O) and targets (B, O), which gives the mean
        loss of those that the task can use, and 0 where there are none. With `among`, the targets (N, O) of all batches
        of an optimiser step, it gives this batch's share of their mean, so that the shares of all batches add up to it.
    dev_score(outputs (N, O), targets (N, O)) -> higher is better; it decides the epoch and the configuration.
    dev_measure: the name of that score.
    answers(rows, outputs (N, O)) -> rows with the columns of `answered`; None for a task that only helps another one,
        and whose answers nobody sees.
    """

    num_outputs: int
    readings: tuple[Reading, ...]
    targets: Callable[[pl.DataFrame], Numbers]
    loss: Callable[[Numbers], Loss]
    dev_score: Callable[[Numbers, Numbers], float]
    dev_measure: str
    answers: Callable[[pl.DataFrame, Numbers], pl.DataFrame] | None


# a task of a study is made for the classes of a corpus: those of the study's scheme, in alphabetical order
Maker = Callable[[Classes], Task]


def usable(targets: Numbers) -> npt.NDArray[np.bool_]:
    """Which rows of targets (N, O) a task can use: those with a number."""
    return np.asarray(~np.isnan(targets).all(axis=1))


def answered(
    rows: pl.DataFrame,
    task: str,
    *,
    logits: Numbers,
    label: pl.Series | None = None,
    predicted: Sequence[str] | None = None,
    probabilities: Numbers | None = None,
    truth: Numbers | None = None,
    values: Numbers | None = None,
) -> pl.DataFrame:
    """The columns of answers from arrays of N rows; what a task does not have is null."""

    def listed(name: str, array: Numbers | None) -> pl.Series:
        content = [None] * len(rows) if array is None else array.tolist()
        return pl.Series(name, content, dtype=pl.List(pl.Float32))

    return rows.select("utterance_id", "speaker_id", "sex", "scheme").with_columns(
        pl.lit(task).alias("task"),
        pl.Series("label", [None] * len(rows) if label is None else label.to_list(), dtype=pl.String),
        pl.Series("predicted", [None] * len(rows) if predicted is None else list(predicted), dtype=pl.String),
        listed("probabilities", probabilities),
        listed("truth", truth),
        listed("values", values),
        listed("logits", logits),
    )
