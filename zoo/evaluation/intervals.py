"""Confidence intervals with respect to new speakers: the delete-one-speaker jackknife with Student's t.

Utterances of one speaker are correlated, so the sampling unit is the speaker, not the utterance. The figure is computed
again without each speaker in turn; the spread of those n figures gives its standard error (Tukey 1958; Efron and
Tibshirani 1993, equation 11.5) and t with n - 1 degrees of freedom the interval, on the scale of the metric: the error
is divided by the scale's slope, and the ends are transformed back. Where the jackknife sees less spread than one
utterance makes, the end of a share is that of one utterance (`nearest_end`). docs/intervals.md has the coverage in
simulations, beside that of the percentile bootstrap. The variance of the training set is not in it: the models are
taken as given.
"""

from dataclasses import dataclass

import numpy as np

from zoo.metrics.contract import Figures, Metric, Sums
from zoo.metrics.scales import LOGIT

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


def t_quantile(probability: float, degrees: float) -> float:
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


def estimate(
    value: float, without: Figures, confidence: float, metric: Metric, number: float | None = None
) -> Estimate:
    """The figure `value` of a metric with its interval.

    without: (n,), the figure computed again without each of the n speakers that contribute to it. number: of a share,
    the utterances that it is a share of.
    """
    if np.isnan(value):
        return Estimate(None, None, None, None, "none: no utterances")
    if metric.scale is None:
        return Estimate(value, None, None, None, f"none: no interval covers the {metric.title}")
    num_speakers = len(without)
    if num_speakers < FEWEST_SPEAKERS:
        return Estimate(value, None, None, None, too_few(num_speakers))
    if np.isnan(without).any():
        return Estimate(value, None, None, None, "none: without one of the speakers there is no figure")
    error = standard_error(without)
    reach = t_quantile(0.5 + confidence / 2, num_speakers - 1)
    at_an_end = _at_an_end(value, metric)
    if at_an_end and number is None:
        return Estimate(value, None, None, error, "none: the figure is at the end of its range")
    if error == 0.0 and not at_an_end:
        return Estimate(value, None, None, 0.0, "none: no speaker changes the figure")
    scale = metric.scale
    if at_an_end:
        low, high = value, value
        how = f"as of one utterance of one of {num_speakers} speakers, t on {scale.name}, {100 * confidence:g} %"
    else:
        centre, half_width = scale.forward(value), reach * error * scale.slope(value)
        low, high = scale.inverse(centre - half_width), scale.inverse(centre + half_width)
        where = f" on {scale.name}" if scale.name else ""
        how = f"jackknife over {num_speakers} speakers, t{where}, {100 * confidence:g} %"
    if number is not None:
        end = nearest_end(number, reach)
        low, high = min(low, end), max(high, 1 - end)
    return Estimate(value, max(metric.low, low), min(metric.high, high), error, how)


def too_few(num_speakers: int) -> str:
    """Why there is no interval over fewer than FEWEST_SPEAKERS."""
    unit = "speaker" if num_speakers == 1 else "speakers"
    return f"none: {num_speakers} {unit}, at least {FEWEST_SPEAKERS} are needed"


def nearest_end(number: float, reach: float) -> float:
    """The highest lower end of a share of `number` utterances: that of one with a single wrong utterance.

    At 0 or 1 the jackknife sees no spread, since a sample there has none to see (Korn and Graubard 1998).
    The nearest figure whose spread it does see is 1 - 1 / number, whose standard error is 1 / number if all of the
    speakers are about as large. So that no better figure has a lower end than a worse one, this is the end of a perfect
    one too, and of any with less spread; likewise, mirrored, near 0. reach: the quantile of t, in standard errors.

    >>> round(nearest_end(40, t_quantile(0.975, 3)), 3)  # 4 speakers with 10 utterances each
    0.599
    """
    share = 1 / max(number, 2.0)
    return LOGIT.inverse(LOGIT.forward(1 - share) - reach * share * LOGIT.slope(1 - share))


def jackknife(sums: Sums, metric: Metric, confidence: float) -> Estimate:
    """A metric of sums (S, K, ...) of seeds and speakers: the mean over seeds, with its interval.

    Speakers to whose utterances the metric does not apply are not counted.
    """
    value, without = left_out(sums, metric)
    number = None if metric.number is None else float(metric.number(sums.sum(axis=1)).mean())
    return estimate(float(value), without[metric.contributes(sums.sum(axis=0))], confidence, metric, number)


def standard_error(without: Figures) -> float:
    """The jackknife's standard error: sqrt((n - 1) / n * sum((x - mean(x))^2)) of the n figures x (n,)."""
    num_speakers = len(without)
    error = float(np.sqrt((num_speakers - 1) / num_speakers * np.square(without - without.mean()).sum()))
    return error if error >= _NEGLIGIBLE else 0.0


def _at_an_end(value: float, metric: Metric) -> bool:
    """Whether the figure is at an end of its range where its scale is infinite."""
    ends = (metric.low, metric.high) if metric.scale is not None and metric.scale.name else ()
    return any(abs(value - end) < _NEGLIGIBLE for end in ends)
