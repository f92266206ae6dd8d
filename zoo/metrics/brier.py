"""The Brier score of class probabilities."""

import numpy as np
from numpy.typing import NDArray

from zoo.metrics.contract import Answers
from zoo.metrics.losses import mean_metric


def brier(answers: Answers) -> NDArray[np.float64]:
    """Of each utterance, (N,): sum over the classes of (probability - whether it is the label) squared, 0 to 2.

    The original, multi-class form (Brier 1950, equation 2); for two classes it is twice the form that is often used.
    """
    assert answers.probabilities is not None and answers.label is not None
    errors = np.array(answers.probabilities, np.float64)
    errors[np.arange(len(errors)), answers.label] -= 1
    return np.asarray(np.square(errors).sum(axis=1))


METRICS = (
    mean_metric(
        "brier", "Brier score", brier, tasks=("categorical",), needs=("label", "probabilities"), low=0.0, high=2.0
    ),
)
