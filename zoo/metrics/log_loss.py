"""The log loss of class probabilities, before and after recalibration."""

import numpy as np
from numpy.typing import NDArray

from zoo.metrics.contract import Answers
from zoo.metrics.losses import mean_metric, of_label

LEAST = float(np.finfo(np.float32).eps)  # a probability of 0 counts as this, as in scikit-learn's log_loss of float32


def log_loss(answers: Answers) -> NDArray[np.float64]:
    """Of each utterance, (N,): minus the natural logarithm of the probability of its label, 0 to 15.9 (see LEAST).

    The logarithmic score (Good 1952); its mean is the cross-entropy. Uniform probabilities have log(number of classes).
    """
    return _loss(answers, answers.probabilities)


def recalibrated(answers: Answers) -> NDArray[np.float64]:
    """The same of the recalibrated probabilities (zoo.evaluation.calibration)."""
    return _loss(answers, answers.recalibrated)


def miscalibration(answers: Answers) -> NDArray[np.float64]:
    """What recalibration gains, (N,): log loss minus recalibrated log loss.

    Its mean estimates the part of the log loss that a temperature fitted on other speakers removes: about 0 for a
    calibrated model, below 0 where fitting it costs more than it gains. Unlike the expected calibration error it has no
    bias that depends on the number of utterances.
    """
    return log_loss(answers) - recalibrated(answers)


def _loss(answers: Answers, probabilities: NDArray[np.float64] | None) -> NDArray[np.float64]:
    return np.asarray(-np.log(np.maximum(of_label(answers, probabilities), LEAST)))


METRICS = (
    mean_metric(
        "log_loss", "log loss", log_loss, tasks=("categorical",), needs=("label", "probabilities"), high=float("inf")
    ),
    mean_metric(
        "log_loss_recalibrated",
        "log loss, recalibrated",
        recalibrated,
        tasks=("categorical",),
        needs=("label", "recalibrated"),
        high=float("inf"),
    ),
    mean_metric(
        "miscalibration",
        "miscalibration",
        miscalibration,
        tasks=("categorical",),
        needs=("label", "probabilities", "recalibrated"),
        low=-float("inf"),
        high=float("inf"),
    ),
)
