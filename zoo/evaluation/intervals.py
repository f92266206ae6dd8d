"""Confidence intervals with respect to new speakers: the delete-one-speaker jackknife with Student's t.

Utterances of one speaker are correlated, so the sampling unit is the speaker, not the utterance. The figure is computed
again without each speaker in turn; the spread of those n figures gives its standard error (Tukey 1958; Efron and
Tibshirani 1993, equation 11.5) and t with n - 1 degrees of freedom the interval, on the scale of the metric: the error
is divided by the scale's slope, and the ends are transformed back. docs/intervals.md has the coverage in simulations,
beside that of the percentile bootstrap. The variance of the training set is not in it: the models are taken as given.
"""

from dataclasses import dataclass

import numpy as np

from zoo.metrics.contract import Figures, Metric, Sums
from zoo.metrics.scales import LOGIT, Scale

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


def left_out(sums: Sums, metric: Metric) -> tuple[Figures, Figures]:
    """A metric with all speakers, and without each of them, averaged over seeds.

    sums: (S, K, ...), the metric's sums for each seed and speaker.
    Returns the metric (...) and the K metrics (K, ...), where ... is () or, per class, (C,).
    """
    total = sums.sum(axis=1)
    return metric.figure(total).mean(axis=0), metric.figure(total[:, None] - sums).mean(axis=0)


def estimate(value: float, without: Figures, confidence: float, metric: Metric) -> Estimate:
    """The figure `value` of a metric with its interval.

    without: (n,), the figure computed again without each of the n speakers that contribute to it.
    """
    if np.isnan(value):
        return Estimate(None, None, None, None, "none: no utterances")
    if metric.scale is None:
        return Estimate(value, None, None, None, f"none: no interval covers the {metric.title}")
    num_speakers = len(without)
    if num_speakers < FEWEST_SPEAKERS:
        unit = "speaker" if num_speakers == 1 else "speakers"
        return Estimate(value, None, None, None, f"none: {num_speakers} {unit}, at least {FEWEST_SPEAKERS} are needed")
    if np.isnan(without).any():
        return Estimate(value, None, None, None, "none: without one of the speakers there is no figure")
    error = standard_error(without)
    if _at_an_end(value, metric):
        return _bound(value, num_speakers, confidence, metric.scale, error)
    if error == 0.0:
        return Estimate(value, None, None, 0.0, "none: no speaker changes the figure")
    scale = metric.scale
    centre = scale.forward(value)
    half_width = t_quantile(0.5 + confidence / 2, num_speakers - 1) * error * scale.slope(value)
    low, high = scale.inverse(centre - half_width), scale.inverse(centre + half_width)
    where = f" on {scale.name}" if scale.name else ""
    how = f"jackknife over {num_speakers} speakers, t{where}, {100 * confidence:g} %"
    return Estimate(value, max(metric.low, low), min(metric.high, high), error, how)


def jackknife(sums: Sums, metric: Metric, confidence: float) -> Estimate:
    """A metric of sums (S, K, ...) of seeds and speakers: the mean over seeds, with its interval.

    Speakers to whose utterances the metric does not apply are not counted.
    """
    value, without = left_out(sums, metric)
    return estimate(float(value), without[metric.contributes(sums.sum(axis=0))], confidence, metric)


def standard_error(without: Figures) -> float:
    """The jackknife's standard error: sqrt((n - 1) / n * sum((x - mean(x))^2)) of the n figures x (n,)."""
    num_speakers = len(without)
    error = float(np.sqrt((num_speakers - 1) / num_speakers * np.square(without - without.mean()).sum()))
    return error if error >= _NEGLIGIBLE else 0.0


def _at_an_end(value: float, metric: Metric) -> bool:
    """Whether the figure is at an end of its range where its scale is infinite."""
    ends = (metric.low, metric.high) if metric.scale is not None and metric.scale.name else ()
    return any(abs(value - end) < _NEGLIGIBLE for end in ends)


def _bound(value: float, num_speakers: int, confidence: float, scale: Scale, error: float) -> Estimate:
    """An interval where the transformation is infinite, which is where the jackknife sees no spread.

    A proportion is 1 when every one of n speakers has 1. If a share q of all speakers has, that happens with
    probability q^n, so q is at least (alpha / 2)^(1 / n) with confidence 1 - alpha (Clopper and Pearson 1934, at the
    end of the range), and the mean over speakers is at least q, whatever the others have. Likewise at 0. A CCC
    of exactly 1 or -1 has no such bound, and no interval.
    """
    if scale is not LOGIT:
        return Estimate(value, None, None, error, "none: the figure is at the end of its range")
    least = float(((1 - confidence) / 2) ** (1 / num_speakers))
    low, high = (least, 1.0) if value > 0.5 else (0.0, 1 - least)
    how = f"bound over {num_speakers} speakers who all have {value:.0f} (Clopper–Pearson), {100 * confidence:g} %"
    return Estimate(value, low, high, error, how)
