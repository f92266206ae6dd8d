"""Which of two models is better: the paired difference per speaker, on the same utterances.

Two intervals that overlap do not say that two models are alike, since both vary with the same speakers. So the
difference itself is computed again without each speaker (see intervals.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from zoo.evaluation.counting import Counted
from zoo.evaluation.intervals import FEWEST_SPEAKERS, jackknife, left_out, standard_error, t_quantile
from zoo.metrics.confusion import Metric, uar

POWER = 0.8


@dataclass(frozen=True)
class Difference:
    """First minus second. low, high: its interval; p: of no difference, two-sided; detectable: the smallest difference
    that would be found in POWER of such comparisons; all None where there are too few speakers, and `how` says so."""

    value: float
    low: float | None
    high: float | None
    p: float | None
    detectable: float | None
    how: str


def difference(first: Counted, second: Counted, confidence: float, metric: Metric = uar) -> Difference:
    """The difference of a metric, the UAR if none is given, between two models.

    Both must be counted on the same utterances with the same classes and speakers in the same order.
    """
    if (first.classes, first.speakers) != (second.classes, second.speakers):
        raise ValueError("the two models are not counted in the same classes and speakers")
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


def detectable_at_most(model: Counted, confidence: float, metric: Metric = uar) -> float | None:
    """The largest that the detectable difference to another such model can be expected to be.

    That is where the other errs independently of this one; models that err on the same speakers are told apart
    earlier. None where there are too few speakers.
    """
    error = jackknife(model.confusions, metric, confidence).error
    if error is None:
        return None
    degrees = len(model.speakers) - 1
    return (t_quantile(0.5 + confidence / 2, degrees) + t_quantile(POWER, degrees)) * float(np.sqrt(2)) * error


def holm(p_values: Sequence[float]) -> list[float]:
    """The p-values corrected for their number, so that all hold together (Holm 1979)."""
    order = np.argsort(p_values, kind="stable")
    steps = np.asarray(p_values, np.float64)[order] * np.arange(len(p_values), 0, -1)
    corrected = np.empty(len(p_values))
    corrected[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return [float(p) for p in corrected]


def all_pairs(models: Mapping[str, Counted], confidence: float) -> dict[tuple[str, str], Difference]:
    """The difference of every pair of models of a leaderboard, p-values corrected after Holm for their number."""
    pairs = list(combinations(models, 2))
    found = [difference(models[one], models[other], confidence) for one, other in pairs]
    known = [at for at, result in enumerate(found) if result.p is not None]
    corrected = dict(zip(known, holm([found[at].p or 0.0 for at in known]), strict=True))
    return {
        pair: Difference(r.value, r.low, r.high, corrected.get(at), r.detectable, r.how)
        for at, (pair, r) in enumerate(zip(pairs, found, strict=True))
    }
