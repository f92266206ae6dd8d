"""Confidence intervals with respect to new speakers: the delete-one-speaker jackknife with Student's t.

Utterances of one speaker are correlated, so the sampling unit is the speaker, not the utterance. The figure is computed
again without each speaker in turn; the spread of those n figures gives its standard error (Tukey 1958; Efron and
Tibshirani 1993, equation 11.5) and t with n - 1 degrees of freedom the interval. In simulations it
covers 93-95 % with few speakers, where the percentile bootstrap over speakers covers 49-94 %.
"""

from dataclasses import dataclass

import numpy as np

from zoo.metrics.confusion import Counts, Figures, Metric

FEWEST_SPEAKERS = 4
_NEGLIGIBLE = 1e-12  # a standard error below this is rounding


@dataclass(frozen=True)
class Estimate:
    """A figure and its interval. error: its standard error; how: how the interval was made, or why there is none."""

    value: float | None
    low: float | None
    high: float | None
    error: float | None
    how: str


def t_quantile(probability: float, degrees: int) -> float:
    """The quantile of Student's t with `degrees` degrees of freedom."""
    from scipy.special import stdtrit

    return float(stdtrit(degrees, probability))


def left_out(confusions: Counts, metric: Metric) -> tuple[Figures, Figures]:
    """A metric with all speakers, and without each of them, averaged over seeds.

    confusions: (S, K, C, C), a confusion matrix for each seed and speaker.
    Returns the metric (...) and the K metrics (K, ...), where ... is what the metric makes of a matrix.
    """
    total = confusions.sum(axis=1)
    return metric(total).mean(axis=0), metric(total[:, None] - confusions).mean(axis=0)


def estimate(value: float, without: Figures, confidence: float, least: float = 0.0, greatest: float = 1.0) -> Estimate:
    """The figure `value` with its interval, clipped to [least, greatest].

    without: (n,), the figure computed again without each of the n speakers that contribute to it.
    """
    if np.isnan(value):
        return Estimate(None, None, None, None, "none: no utterances")
    num_speakers = len(without)
    if num_speakers < FEWEST_SPEAKERS:
        unit = "speaker" if num_speakers == 1 else "speakers"
        return Estimate(value, None, None, None, f"none: {num_speakers} {unit}, at least {FEWEST_SPEAKERS} are needed")
    if np.isnan(without).any():
        return Estimate(value, None, None, None, "none: without one of the speakers there is no figure")
    error = standard_error(without)
    if error < _NEGLIGIBLE:
        return Estimate(value, None, None, 0.0, "none: no speaker changes the figure")
    half_width = t_quantile(0.5 + confidence / 2, num_speakers - 1) * error
    how = f"jackknife over {num_speakers} speakers, t, {100 * confidence:g} %"
    return Estimate(value, max(least, value - half_width), min(greatest, value + half_width), error, how)


def jackknife(confusions: Counts, metric: Metric, confidence: float) -> Estimate:
    """A metric of confusion matrices (S, K, C, C) of seeds and speakers: the mean over seeds, with its interval."""
    value, without = left_out(confusions, metric)
    return estimate(float(value), without, confidence)


def standard_error(without: Figures) -> float:
    """The jackknife's standard error: sqrt((n - 1) / n * sum((x - mean(x))^2)) of the n figures x (n,)."""
    num_speakers = len(without)
    error = float(np.sqrt((num_speakers - 1) / num_speakers * np.square(without - without.mean()).sum()))
    return error if error >= _NEGLIGIBLE else 0.0
