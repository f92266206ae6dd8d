"""Recalibration by a temperature: how much of a model's log loss one number, fitted on other speakers, removes."""

import numpy as np
from numpy.typing import NDArray

from zoo.tasks.classes import softmax

COLDEST, HOTTEST = 0.02, 50.0  # where the search ends: a model that is never wrong has no best temperature


def temperature(logits: NDArray[np.floating], labels: NDArray[np.int64]) -> float:
    """The temperature with the least log loss (Guo et al. 2017, section 4.2), 0.02 to 50.

    logits: (N, C); labels: (N,), numbers of classes, -1 for an utterance without one, which is left out; at least one
    is known. Above 1 the model is overconfident. The loss is convex in 1 / temperature, so the minimum is the only one.

    >>> logits = np.log([[0.9, 0.1]] * 10)
    >>> round(temperature(logits, np.array([0] * 8 + [1] * 2)), 3)  # 80 % of the answers are right, not 90 %
    1.585
    """
    from scipy.optimize import minimize_scalar
    from scipy.special import logsumexp

    known = labels >= 0
    rows = np.asarray(logits, np.float64)[known]
    right = rows[np.arange(len(rows)), labels[known]]

    def loss(log_temperature: float) -> float:
        inverse = float(np.exp(-log_temperature))
        return float(np.mean(logsumexp(rows * inverse, axis=1) - right * inverse))

    bounds = (float(np.log(COLDEST)), float(np.log(HOTTEST)))
    found = minimize_scalar(loss, bounds=bounds, method="bounded", options={"xatol": 1e-6})
    return float(np.exp(found.x))


def leave_fold_out(
    logits: NDArray[np.floating], labels: NDArray[np.int64], folds: NDArray[np.int64]
) -> NDArray[np.float64] | None:
    """Recalibrated probabilities (N, C): each fold's with the temperature fitted on all other folds.

    So no temperature saw the speakers it is applied to. labels: (N,), -1 for none: such an utterance is recalibrated
    too, but no temperature is fitted on it. folds: (N,), of each utterance; folds of the same speakers must have the
    same number. None where only one fold has labels, or none has.
    """
    numbers = np.unique(folds)
    if len(np.unique(folds[labels >= 0])) < 2:
        return None
    recalibrated = np.empty(logits.shape)
    for fold in numbers:
        here = folds == fold
        recalibrated[here] = softmax(np.asarray(logits[here], np.float64) / temperature(logits[~here], labels[~here]))
    return recalibrated
