"""Metrics that are a mean over utterances: what they share."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zoo.metrics.contract import Answers, Figures, Metric, Sums
from zoo.metrics.scales import IDENTITY


def mean_metric(name: str, title: str, each: Callable[[Answers], NDArray[np.float64]], **facts: Any) -> Metric:
    """The metric whose figure is the mean of each(answers), (N,), over the utterances; lower is better.

    Its sums are the number of utterances and the sum, (num_groups, 2); its interval needs no transformation. facts: the
    other fields of Metric.
    """

    def sums(answers: Answers) -> Sums:
        values = each(answers)
        return answers.added_up(np.stack([np.ones_like(values), values], axis=1))

    return Metric(name, title, sums=sums, figure=mean, scale=IDENTITY, better="lower", **facts)


def mean(sums: Sums) -> Figures:
    """Sum divided by number: (..., 2) -> (...), NaN without utterances."""
    number = sums[..., 0]
    means: Figures = np.full(number.shape, np.nan)
    np.divide(sums[..., 1], number, out=means, where=number > 0)
    return means


def of_label(answers: Answers, rows: NDArray[np.float64] | None) -> NDArray[np.float64]:
    """The entry of each utterance's label: rows (N, C) -> (N,)."""
    assert rows is not None and answers.label is not None
    return np.asarray(rows[np.arange(len(rows)), answers.label], np.float64)
