"""The expected calibration error."""

import numpy as np

from zoo.metrics.contract import Answers, Figures, Metric, Sums

BINS = 15


def bins(answers: Answers) -> Sums:
    """Of each group and bin of the top probability: utterances, sum of the top probability, hits: (num_groups, 15, 3).

    Bin m of 15 holds top probabilities in ((m - 1) / 15, m / 15].
    """
    assert answers.probabilities is not None and answers.label is not None
    top = answers.probabilities.max(axis=1)
    hit = answers.probabilities.argmax(axis=1) == answers.label
    place = np.clip(np.ceil(top * BINS).astype(np.int64) - 1, 0, BINS - 1)
    sums = np.zeros((answers.num_groups, BINS, 3))
    np.add.at(sums, (answers.group, place), np.stack([np.ones_like(top), top, hit], axis=1))
    return sums


def calibration_error(sums: Sums) -> Figures:
    """The mean over utterances of |hits - top probability| of their bin: (..., 15, 3) -> (...), 0 to 1.

    Expected calibration error of the top class (Naeini, Cooper, Hauskrecht 2015; Guo et al. 2017, equation 3). It is
    biased upwards, the more so the fewer utterances, and no interval covers it: see docs/intervals.md.
    """
    number = sums[..., 0].sum(axis=-1)
    gaps = np.abs(sums[..., 2] - sums[..., 1]).sum(axis=-1)
    errors: Figures = np.full(number.shape, np.nan)
    np.divide(gaps, number, out=errors, where=number > 0)
    return errors


METRICS = (
    Metric(
        "ece",
        "expected calibration error",
        tasks=("categorical",),
        needs=("label", "probabilities"),
        sums=bins,
        figure=calibration_error,
        scale=None,
        better="lower",
    ),
)
