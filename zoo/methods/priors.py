"""How frequent the classes of a target are, and answers that agree with it."""

import numpy as np

from zoo.methods.contract import Matrix
from zoo.methods.heads import softmax

_LEAST = 1e-9  # of a class, so that logarithms are finite
_ROUNDS = 100


def even(scores: Matrix) -> Matrix:
    """(C,): every class alike."""
    return np.full(scores.shape[1], 1 / scores.shape[1])


def matched(scores: Matrix, prior: Matrix) -> Matrix:
    """The bias (C,) after which the mean of the probabilities of scores (n, C) is the prior (C,).

    Each class is moved by the logarithm of what it lacks, until nothing moves: as in iterative proportional fitting.
    """
    bias = np.zeros(scores.shape[1])
    wanted = np.log(np.maximum(prior, _LEAST))
    for _ in range(_ROUNDS):
        step = wanted - np.log(np.maximum(softmax(scores + bias).mean(axis=0), _LEAST))
        bias = bias + step
        if np.abs(step).max() < 1e-6:
            break
    return np.asarray(bias - bias.mean())


def estimated(scores: Matrix, towards_even: float) -> Matrix:
    """The mean of the probabilities (n, C), shrunk towards the same for all classes by this share, 0 to 1."""
    return np.asarray((1 - towards_even) * softmax(scores).mean(axis=0) + towards_even * even(scores))


def bias(scores: Matrix, assumed: Matrix | None, towards_even: float, utterances: float) -> Matrix:
    """(C,), what is added to scores (n, C) so that classes are answered as often as they are taken to be frequent.

    assumed: how frequent; None: as `estimated`. Of n utterances n / (n + utterances) of the bias is taken.
    """
    prior = estimated(scores, towards_even) if assumed is None else assumed
    return np.asarray(matched(scores, prior) * len(scores) / (len(scores) + utterances))
