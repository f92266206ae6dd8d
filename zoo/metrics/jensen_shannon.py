"""How far predicted probabilities are from the raters' distribution."""

import numpy as np
from numpy.typing import NDArray

from zoo.metrics.contract import Answers
from zoo.metrics.losses import mean_metric


def distance(answers: Answers) -> NDArray[np.float64]:
    """Jensen-Shannon distance of each utterance, (N,): 0 for equal distributions, 1 for ones without a common class.

    The square root of the divergence to base 2 (Lin 1991; Endres and Schindelin 2003 show that it is a metric).
    """
    from scipy.special import rel_entr

    assert answers.probabilities is not None and answers.truth is not None
    middle = (answers.probabilities + answers.truth) / 2
    both = rel_entr(answers.probabilities, middle).sum(axis=1) + rel_entr(answers.truth, middle).sum(axis=1)
    return np.asarray(np.sqrt(np.clip(both / (2 * np.log(2)), 0, 1)))


METRICS = (
    mean_metric("js_distance", "Jensen–Shannon distance", distance, tasks=("soft",), needs=("probabilities", "truth")),
)
