"""Balanced epochs: all classes are equally frequent in them."""

import numpy as np
import numpy.typing as npt

from zoo.tasks.contract import Numbers, Task


def shares_of(task: Task, targets: Numbers) -> Numbers:
    """The part of targets (N, O) that states shares of classes: (N, C); no columns where a task asks no classes."""
    start = 0
    for reading in task.readings:
        if reading.seen and reading.kind == "probabilities":
            return targets[:, start : start + len(reading.names)]
        start += len(reading.names)
    return targets[:, :0]


def balanced_order(shares: Numbers, random: np.random.Generator) -> npt.NDArray[np.int64]:
    """N numbers of utterances, drawn with replacement so that each class is as frequent as the others: (N,).

    shares: (N, C), NaN throughout a row without a class, which is drawn as often as on average.
    """
    known = ~np.isnan(shares).any(axis=1)
    chances = np.full(len(shares), 1 / len(shares))
    amounts = shares[known].sum(axis=0, dtype=np.float64)
    of_class = np.divide(1.0, amounts, out=np.zeros_like(amounts), where=amounts > 0)
    weights = shares[known] @ of_class
    chances[known] = weights / weights.sum() * known.mean()
    return random.choice(len(shares), size=len(shares), p=chances / chances.sum())
