"""The concordance correlation coefficient (CCC) of valence, arousal and dominance, and their mean."""

from functools import partial
from typing import Any

import numpy as np

from zoo.metrics.contract import Answers, Figures, Metric, Sums
from zoo.metrics.scales import FISHER_Z

DIMENSIONS = ("valence", "arousal", "dominance")


def moments(answers: Answers) -> Sums:
    """Of each group and dimension: n, Σx, Σy, Σx², Σy², Σxy of truth x and values y: (num_groups, 3, 6).

    An utterance does not count in a dimension that its raters did not judge. Sums over folds and speakers give the CCC
    of all utterances together, not a mean of CCCs, which would hide a model's bias for a speaker.
    """
    assert answers.truth is not None and answers.values is not None
    known = ~(np.isnan(answers.truth) | np.isnan(answers.values))
    x, y = np.where(known, answers.truth, 0.0), np.where(known, answers.values, 0.0)
    return answers.added_up(np.stack([known.astype(np.float64), x, y, x * x, y * y, x * y], axis=-1))


def cccs(sums: Sums) -> Figures:
    """The CCC of each dimension, (..., 3, 6) -> (..., 3), -1 to 1.

    2 cov(x, y) / (var x + var y + (mean x - mean y)²), with variances over n (Lin 1989, equation 2.2). 0 where either
    is constant, NaN with fewer than two utterances or where both are the same constant.
    """
    n = np.where(sums[..., 0] > 1, sums[..., 0], np.nan)
    mean_x, mean_y, xx, yy, xy = (sums[..., at] / n for at in range(1, 6))
    covariance = xy - mean_x * mean_y
    spread = (xx - mean_x**2) + (yy - mean_y**2) + (mean_x - mean_y) ** 2
    figures: Figures = np.full(spread.shape, np.nan)
    np.divide(2 * covariance, spread, out=figures, where=spread > 1e-12)
    return figures


def mean_ccc(sums: Sums) -> Figures:
    """The mean CCC over the dimensions that are judged: (..., 3, 6) -> (...); NaN if there is none."""
    figures = cccs(sums)
    known = ~np.isnan(figures)
    number = known.sum(axis=-1)
    means: Figures = np.full(number.shape, np.nan)
    np.divide(np.where(known, figures, 0.0).sum(axis=-1), number, out=means, where=number > 0)
    return means


def _one(sums: Sums, dimension: int) -> Figures:
    return np.asarray(cccs(sums)[..., dimension])


_COMMON: dict[str, Any] = {
    "tasks": ("dimensional",),
    "needs": ("truth", "values"),
    "sums": moments,
    "scale": FISHER_Z,
    "low": -1.0,
}
CCC = Metric("ccc", "mean CCC", figure=mean_ccc, **_COMMON)
METRICS = (
    CCC,
    *(
        Metric(f"ccc_{name}", f"CCC of {name}", figure=partial(_one, dimension=at), **_COMMON)
        for at, name in enumerate(DIMENSIONS)
    ),
)
