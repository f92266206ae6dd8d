"""Which of two models is better: the paired difference per speaker, on the same utterances.

Overlapping intervals do not show that two models are equally good, since both vary with the same speakers. So the
jackknife is applied to the difference itself (see intervals.py), untransformed: a difference is far from the ends of
its range, and its two figures err together.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zoo.evaluation.counting import BySpeaker
from zoo.evaluation.intervals import FEWEST_SPEAKERS, jackknife, left_out, standard_error, t_quantile
from zoo.metrics.confusion import UAR
from zoo.metrics.contract import Metric, Sums

POWER = 0.8


@dataclass(frozen=True)
class Difference:
    """First minus second. low, high: its interval; p: two-sided, of no difference; detectable: the smallest difference
    that would be found with probability POWER; None where there is no such figure, which `how` then states."""

    value: float
    low: float | None
    high: float | None
    p: float | None
    detectable: float | None
    how: str
    num_speakers: int = 0


def compared(first: BySpeaker, second: BySpeaker, metric: Metric = UAR) -> NDArray[np.bool_]:
    """The speakers that a difference is over, (K,): those whose utterances the metric of either model counts."""
    return _compared(first.sums(metric), second.sums(metric), metric)


def _compared(first: Sums, second: Sums, metric: Metric) -> NDArray[np.bool_]:
    return metric.contributes(first.sum(axis=0)) | metric.contributes(second.sum(axis=0))


def difference(first: BySpeaker, second: BySpeaker, confidence: float, metric: Metric = UAR) -> Difference:
    """The difference of a metric between two models; see `difference_of`.

    Both must be of the same utterances, with the same classes and speakers in the same order.
    """
    if (first.classes, first.speakers) != (second.classes, second.speakers):
        raise ValueError("the two models do not have the same classes and speakers in the same order")
    return difference_of(first.sums(metric), second.sums(metric), confidence, metric)


def difference_of(first: Sums, second: Sums, confidence: float, metric: Metric = UAR) -> Difference:
    """The difference of a metric of sums (S, K, ...), of the same K speakers; each is the mean over its own S seeds.

    Where it is the same whoever is left out, the jackknife knows no spread: there is no interval, and p is that of the
    sign test, 2^(1 - n) for n speakers who all favour the same model (Dixon and Mood 1946).
    """
    (one, ones), (other, others) = left_out(first, metric), left_out(second, metric)
    value, without = float(one - other), (ones - others)[_compared(first, second, metric)]
    num_speakers = len(without)
    if num_speakers < FEWEST_SPEAKERS or np.isnan(without).any():
        few = f"{num_speakers} speaker{'' if num_speakers == 1 else 's'}, at least {FEWEST_SPEAKERS} are needed"
        why = few if num_speakers < FEWEST_SPEAKERS else "without one of the speakers there is no figure"
        return Difference(value, None, None, None, None, f"none: {why}", num_speakers)
    error = standard_error(without)
    if error == 0.0 and abs(value) < 1e-12:
        return Difference(
            0.0, 0.0, 0.0, 1.0, 0.0, f"no difference, whoever of {num_speakers} speakers is left out", num_speakers
        )
    if error == 0.0:
        how = f"none: the same difference whoever of {num_speakers} speakers is left out; p of a sign test"
        return Difference(value, None, None, 2.0 ** (1 - num_speakers), None, how, num_speakers)
    from scipy.special import stdtr

    degrees = num_speakers - 1
    quantile = t_quantile(0.5 + confidence / 2, degrees)
    widest = metric.high - metric.low
    return Difference(
        value,
        max(-widest, value - quantile * error),
        min(widest, value + quantile * error),
        float(2 * stdtr(degrees, -abs(value) / error)),
        (quantile + t_quantile(POWER, degrees)) * error,
        f"paired jackknife over {num_speakers} speakers, t, {100 * confidence:.4g} %",
        num_speakers,
    )


def detectable_at_most(model: BySpeaker, confidence: float, metric: Metric = UAR) -> float | None:
    """An upper bound of the expected detectable difference to another such model.

    It is reached if the other's errors are independent of this one's; for models that err on the same speakers, smaller
    differences are detectable. None with too few speakers.
    """
    error = jackknife(model.sums(metric), metric, confidence).error
    if error is None:
        return None
    degrees = len(model.speakers) - 1
    return (t_quantile(0.5 + confidence / 2, degrees) + t_quantile(POWER, degrees)) * float(np.sqrt(2)) * error


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """The p-values corrected for multiple comparisons (Holm 1979), in the same order.

    None or NaN is no test that was made: it stays None, and the others are not corrected for it.

    >>> holm([0.01, None, 0.04])
    [0.02, None, 0.04]
    """
    given = np.array([np.nan if p is None else p for p in p_values], np.float64)
    tested = np.flatnonzero(~np.isnan(given))
    order = tested[np.argsort(given[tested], kind="stable")]
    steps = np.maximum.accumulate(given[order] * np.arange(len(order), 0, -1))
    corrected = dict(zip(order.tolist(), np.minimum(steps, 1.0).tolist(), strict=True))
    return [corrected.get(at) for at in range(len(given))]
