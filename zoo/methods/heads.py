"""The head that methods fit on the source's embeddings: ridge regression to the classes, and how sharp its answers are.

Classes weigh alike, whatever their size. Ridge regression to 1 for the class and -1 for all others finds the directions
of linear discriminant analysis with a shrunk covariance that the classes share (Hastie, Buja & Tibshirani 1995, Annals
of Statistics 23, p. 73). It needs means and products only, which add up: those of a source and of a target are mixed,
and a fit takes milliseconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.linalg import solve

from zoo.methods.contract import Matrix, Names, Numbers

PENALTIES = (0.1, 0.3, 1.0, 3.0, 10.0)
_FOLDS = 5
_NEVER = -50.0  # the score of a class that is not answered
_SHARPNESS = np.geomspace(0.5, 30.0, 60)


@dataclass(frozen=True)
class Moments:
    """What a head is fitted to: weighted means of n rows and of the targets of their classes, 1 and -1.

    rows: (K,). targets: (C,). squares: (K, K), of rows by rows. products: (K, C), of rows by targets. Weights add up to
    1, so those of a mixture are mixed.
    """

    rows: Matrix
    targets: Matrix
    squares: Matrix
    products: Matrix

    def mixed(self, other: "Moments", share: float) -> "Moments":
        """Those of a mixture, of which the other has this share."""
        own = 1 - share
        return Moments(
            own * self.rows + share * other.rows,
            own * self.targets + share * other.targets,
            own * self.squares + share * other.squares,
            own * self.products + share * other.products,
        )


@dataclass(frozen=True)
class Head:
    """rows (n, K) -> scores (n, C), of which the softmax is the probabilities.

    centre: (K,). weights: (K, C). bias: (C,). sharpness: times the regression's outputs.
    """

    centre: Matrix
    weights: Matrix
    bias: Matrix
    sharpness: float

    def scores(self, rows: Matrix) -> Matrix:
        """Log-probabilities, but for a constant of each row."""
        return np.asarray(self.sharpness * ((rows - self.centre) @ self.weights + self.bias))


def balanced(labels: Numbers) -> Matrix:
    """(N,) weights that add up to 1, in all for each class that occurs alike."""
    counts = np.bincount(labels)
    return np.asarray(1 / (counts[labels] * np.count_nonzero(counts)))


def moments(rows: Matrix, shares: Matrix, weights: Matrix) -> Moments:
    """rows: (n, K). shares: (n, C) of each class in a row, they add up to 1. weights: (n,), they add up to 1."""
    targets = 2 * shares - 1
    weighted = rows * weights[:, None]
    return Moments(weights @ rows, weights @ targets, weighted.T @ rows, weighted.T @ targets)


def relabelled(found: Moments, rows: Matrix, shares: Matrix) -> Moments:
    """Moments of the same rows (n, K), weighted alike, with other shares (n, C): the costly part is not done again."""
    targets = 2 * shares - 1
    return replace(found, targets=targets.mean(axis=0), products=rows.T @ targets / len(rows))


def fitted(found: Moments, penalty: float, sharpness: float = 1.0) -> Head:
    """A class that has no share in any row is not answered.

    penalty: the variance that is added to every direction, > 0; embeddings have one of about 1.
    """
    covariance = found.squares - np.outer(found.rows, found.rows)
    covariance[np.diag_indices_from(covariance)] += penalty
    weights = solve(covariance, found.products - np.outer(found.rows, found.targets), assume_a="pos")
    bias = np.where(found.targets > -1 + 1e-9, found.targets, _NEVER / sharpness)
    return Head(found.rows, weights, bias, sharpness)


def softmax(scores: Matrix) -> Matrix:
    """Each row (n, C) to probabilities."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def of_known(scores: Matrix, known: Numbers) -> Matrix:
    """Scores (n, C) to probabilities, 0 for all classes but these; known: (at least 1,), their numbers."""
    found = np.zeros_like(scores)
    found[:, known] = softmax(scores[:, known])
    return found


def chosen(rows: Matrix, shares: Matrix, speakers: Names, weights: Matrix) -> tuple[float, float]:
    """The penalty and the sharpness of the best answers about source speakers that a head was not fitted to.

    In at most 5 folds over speakers: the penalty of the highest recall over classes, of equal ones the larger; then the
    sharpness of the highest likelihood. Of one speaker: the middle penalty, answers taken as they are.
    """
    folds = _folds(speakers)
    if len(folds) < 2:
        return PENALTIES[len(PENALTIES) // 2], 1.0
    outputs = np.zeros((len(PENALTIES), *shares.shape))
    for tested in folds:
        kept = ~tested
        found = moments(rows[kept], shares[kept], weights[kept] / weights[kept].sum())
        outputs[:, tested] = [fitted(found, penalty).scores(rows[tested]) for penalty in PENALTIES]
    labels = shares.argmax(axis=1)
    recalls = [round(float(weights @ (output.argmax(axis=1) == labels)), 3) for output in outputs]
    best = max(range(len(PENALTIES)), key=lambda number: (recalls[number], PENALTIES[number]))
    return PENALTIES[best], _sharpness(outputs[best], labels, weights)


def _sharpness(outputs: Matrix, labels: Numbers, weights: Matrix) -> float:
    likelihoods = [
        weights @ np.log(softmax(sharpness * outputs)[np.arange(len(labels)), labels] + 1e-12)
        for sharpness in _SHARPNESS
    ]
    return float(_SHARPNESS[int(np.argmax(likelihoods))])


def _folds(speakers: Names) -> Sequence[Numbers]:
    """Masks (N,) of the utterances that a fold tests; speakers are dealt out in the order of their names."""
    names, numbers = np.unique(speakers, return_inverse=True)
    count = min(_FOLDS, len(names))
    return [numbers % count == fold for fold in range(count)]
