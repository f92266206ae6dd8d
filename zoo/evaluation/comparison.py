"""Which of two models is better: the paired difference per speaker, on the same utterances.

Overlapping intervals do not show that two models are equally good, since both vary with the same speakers. So the
jackknife is applied to the difference itself (see intervals.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from zoo.evaluation.counting import SpeakerConfusions
from zoo.evaluation.intervals import FEWEST_SPEAKERS, jackknife, left_out, standard_error, t_quantile
from zoo.metrics.confusion import Metric, uar

POWER = 0.8


@dataclass(frozen=True)
class Difference:
    """First minus second. low, high: its interval; p: two-sided, of no difference; detectable: the smallest difference
    that would be found with probability POWER; all None with too few speakers, which `how` then states."""

    value: float
    low: float | None
    high: float | None
    p: float | None
    detectable: float | None
    how: str


def difference(
    first: SpeakerConfusions, second: SpeakerConfusions, confidence: float, metric: Metric = uar
) -> Difference:
    """The difference of a metric, the UAR if none is given, between two models.

    Both must be of the same utterances, with the same classes and speakers in the same order.
    """
    if (first.classes, first.speakers) != (second.classes, second.speakers):
        raise ValueError("the two models do not have the same classes and speakers in the same order")
    (one, ones), (other, others) = left_out(first.confusions, metric), left_out(second.confusions, metric)
    value, num_speakers = float(one - other), len(first.speakers)
    without = ones - others
    if num_speakers < FEWEST_SPEAKERS or np.isnan(without).any():
        how = f"none: {num_speakers} speakers, at least {FEWEST_SPEAKERS} are needed"
        return Difference(value, None, None, None, None, how)
    error = standard_error(without)
    how = f"paired jackknife over {num_speakers} speakers, t, {100 * confidence:.4g} %"
    if error == 0.0:  # the same difference whoever is left out
        same = abs(value) < 1e-12
        return Difference(value, value, value, 1.0 if same else 0.0, 0.0, how)
    from scipy.special import stdtr

    degrees = num_speakers - 1
    quantile = t_quantile(0.5 + confidence / 2, degrees)
    return Difference(
        value,
        max(-1.0, value - quantile * error),
        min(1.0, value + quantile * error),
        float(2 * stdtr(degrees, -abs(value) / error)),
        (quantile + t_quantile(POWER, degrees)) * error,
        how,
    )


def detectable_at_most(model: SpeakerConfusions, confidence: float, metric: Metric = uar) -> float | None:
    """An upper bound of the expected detectable difference to another such model.

    It is reached if the other's errors are independent of this one's; for models that err on the same speakers, smaller
    differences are detectable. None with too few speakers.
    """
    error = jackknife(model.confusions, metric, confidence).error
    if error is None:
        return None
    degrees = len(model.speakers) - 1
    return (t_quantile(0.5 + confidence / 2, degrees) + t_quantile(POWER, degrees)) * float(np.sqrt(2)) * error


def holm(p_values: Sequence[float]) -> list[float]:
    """The p-values corrected for multiple comparisons (Holm 1979), in the same order."""
    order = np.argsort(p_values, kind="stable")
    steps = np.asarray(p_values, np.float64)[order] * np.arange(len(p_values), 0, -1)
    corrected = np.empty(len(p_values))
    corrected[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return [float(p) for p in corrected]


def all_pairs(models: Mapping[str, SpeakerConfusions], confidence: float) -> dict[tuple[str, str], Difference]:
    """The difference of every pair of models of a leaderboard, with p-values corrected by `holm`."""
    pairs = list(combinations(models, 2))
    found = [difference(models[one], models[other], confidence) for one, other in pairs]
    known = [at for at, result in enumerate(found) if result.p is not None]
    corrected = dict(zip(known, holm([found[at].p or 0.0 for at in known]), strict=True))
    return {
        pair: Difference(r.value, r.low, r.high, corrected.get(at), r.detectable, r.how)
        for at, (pair, r) in enumerate(zip(pairs, found, strict=True))
    }
