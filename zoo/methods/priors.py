"""How frequent the classes of a target are, and answers that agree with it."""

import numpy as np

from zoo.methods.contract import Matrix
from zoo.methods.heads import softmax

_LEAST = 1e-9  # of a class, so that logarithms are finite
_ROUNDS = 50


def even(known: Matrix) -> Matrix:
    """(C,): every class alike that the source has. known: (C,), whether it has it."""
    return np.asarray(known / known.sum())


def matched(scores: Matrix, prior: Matrix) -> Matrix:
    """The bias (C,) after which the mean of the probabilities of scores (n, C) is the prior (C,).

    Each class is moved by the logarithm of what it lacks, until nothing moves: as in iterative proportional fitting.
    """
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    wanted, bias = np.log(np.maximum(prior, _LEAST)), np.zeros(scores.shape[1])
    for _ in range(_ROUNDS):
        factors = np.exp(bias)
        means = factors * (powers.T @ (1 / (powers @ factors))) / len(powers)
        step = wanted - np.log(np.maximum(means, _LEAST))
        bias = bias + step
        if np.abs(step).max() < 1e-4:
            break
    return bias


def bias(scores: Matrix, known: Matrix, assumed: Matrix | None, towards_even: float, utterances: float) -> Matrix:
    """(C,), what is added to scores (n, C) so that classes are answered as often as they are taken to be frequent.

    known: (C,), whether the source has a class. assumed: (C,), how frequent they are; None: the mean of the
    probabilities, shrunk towards even frequencies by `towards_even`, 0 to 1. Of n utterances n / (n + utterances) of
    the bias is taken.
    """
    if assumed is None:
        prior = (1 - towards_even) * softmax(scores).mean(axis=0) + towards_even * even(known)
    else:
        prior = np.where(known, assumed, 0)
        prior = prior / prior.sum() if prior.sum() > 0 else even(known)
    return np.asarray(matched(scores, prior) * len(scores) / (len(scores) + utterances))
