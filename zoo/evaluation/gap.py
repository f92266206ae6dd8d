"""The gap between two groups of speakers, such as the sexes: the difference of a metric, with its interval.

The groups have no speaker in common, so their errors add up: each is that of its own jackknife (intervals.py), and t
has Welch and Satterthwaite's degrees of freedom (Welch 1947), fewer than there are speakers. Untransformed, as
differences of models are.
"""

import numpy as np

from zoo.evaluation.intervals import Estimate, left_out, standard_error, t_quantile
from zoo.metrics.contract import Metric, Sums

FEWEST_OF_A_GROUP = 3  # with two, too few intervals hold the truth


def gap(first: Sums, second: Sums, confidence: float, metric: Metric) -> Estimate:
    """The figure of the first group minus that of the second, of sums (S, K, ...) of each; S may differ."""
    if not len(first) or not len(second):
        return Estimate(None, None, None, None, "none: no utterances")
    (one, ones), (other, others) = (left_out(sums, metric) for sums in (first, second))
    value = float(one - other)
    each = [without[metric.contributes(sums.sum(axis=0))] for sums, without in ((first, ones), (second, others))]
    if np.isnan(value):
        return Estimate(None, None, None, None, "none: no utterances")
    numbers = [len(without) for without in each]
    if (fewest := min(numbers)) < FEWEST_OF_A_GROUP:
        why = f"none: {fewest} speaker{'' if fewest == 1 else 's'} of a group, at least {FEWEST_OF_A_GROUP} are needed"
        return Estimate(value, None, None, None, why)
    if any(np.isnan(without).any() for without in each):
        return Estimate(value, None, None, None, "none: without one of the speakers there is no figure")
    variances = [standard_error(without) ** 2 for without in each]
    error = float(np.sqrt(sum(variances)))
    if error == 0.0:
        return Estimate(value, None, None, 0.0, "none: no speaker changes the figure")
    degrees = error**4 / sum(own**2 / (number - 1) for own, number in zip(variances, numbers, strict=True))
    reach, widest = t_quantile(0.5 + confidence / 2, degrees) * error, metric.high - metric.low
    how = f"jackknife over {numbers[0]} and {numbers[1]} speakers, Welch's t, {100 * confidence:g} %"
    return Estimate(value, max(-widest, value - reach), min(widest, value + reach), error, how)
