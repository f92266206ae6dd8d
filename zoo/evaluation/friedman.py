"""The Friedman test: whether methods differ, ranked within each block (Friedman 1937), corrected for ties.

Blocks must be independent of each other, as the speakers of one target are. Cells of a study are not: they share
corpora (docs/intervals.md).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zoo.evaluation.intervals import FEWEST_SPEAKERS, too_few

FEWEST_METHODS = 3


@dataclass(frozen=True)
class Friedman:
    """statistic: chi-squared with df degrees of freedom; how: how p was made, or why there is none."""

    statistic: float | None
    df: int | None
    p: float | None
    how: str


def friedman(figures: NDArray[np.float64]) -> Friedman:
    """The test of figures (speakers, methods) that have no NaN; higher or lower is better.

    >>> friedman(np.array([[0.1, 0.2, 0.3], [0.2, 0.3, 0.4], [0.1, 0.4, 0.5], [0.3, 0.5, 0.4]])).statistic
    6.5
    """
    blocks, treatments = figures.shape
    if treatments < FEWEST_METHODS:
        why = f"none: {treatments} methods, at least {FEWEST_METHODS} are needed; their difference is tested itself"
        return Friedman(None, None, None, why)
    if blocks < FEWEST_SPEAKERS:
        return Friedman(None, None, None, too_few(blocks))
    ranks = ranked(figures)
    between = np.square(ranks.sum(axis=0) - blocks * (treatments + 1) / 2).sum()
    within = np.square(ranks - (treatments + 1) / 2).sum()  # without ties blocks * k * (k^2 - 1) / 12
    if within == 0:
        return Friedman(None, None, None, "none: on every speaker all methods are equally good")
    from scipy.special import chdtrc

    statistic, df = float((treatments - 1) * between / within), treatments - 1
    how = f"Friedman's chi-squared over {blocks} speakers"
    return Friedman(statistic, df, float(chdtrc(df, statistic)), how)


def ranked(figures: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ranks within each row, 1 for the highest; equal figures (within 1e-9) share the mean of their ranks."""
    rounded = np.round(figures, 9)
    higher = (rounded[:, None, :] > rounded[:, :, None]).sum(axis=2)
    equal = (rounded[:, None, :] == rounded[:, :, None]).sum(axis=2)
    return np.asarray(higher + (equal + 1) / 2, np.float64)
