"""The figures of the field, each from confusion matrices.

A confusion matrix counts utterances: rows are labels, columns are predictions. Every function takes an array
(..., C, C), any number of matrices at once, and gives figures between 0 and 1, NaN where it is undefined.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]
Figures = NDArray[np.float64]
Metric = Callable[[Counts], Figures]


def confusion(labels: NDArray[np.int64], predicted: NDArray[np.int64], num_classes: int) -> Counts:
    """The confusion matrix (C, C) of class numbers, both (N,) and within 0..C-1."""
    return np.bincount(labels * num_classes + predicted, minlength=num_classes**2).reshape(num_classes, num_classes)


def recalls(matrix: Counts) -> Figures:
    """Recall of each class, (..., C): the share of its utterances that were predicted as it. NaN where it has none."""
    return _share(_hits(matrix), matrix.sum(axis=-1))


def precisions(matrix: Counts) -> Figures:
    """Precision of each class, (..., C): the share of the utterances predicted as it that are labelled with it.

    0 where the class occurs and was never predicted, NaN where it neither occurs nor was predicted.
    """
    labelled, predicted = matrix.sum(axis=-1), matrix.sum(axis=-2)
    return np.where((predicted == 0) & (labelled > 0), 0.0, _share(_hits(matrix), predicted))


def f1s(matrix: Counts) -> Figures:
    """F1 of each class, (..., C): 2 hits / (labels + predictions), the harmonic mean of precision and recall.

    NaN where the class neither occurs nor was predicted.
    """
    return _share(2 * _hits(matrix), matrix.sum(axis=-1) + matrix.sum(axis=-2))


def uar(matrix: Counts) -> Figures:
    """Unweighted average recall: the mean recall over the classes that occur in the labels.

    The measure of the INTERSPEECH emotion challenges (Schuller, Steidl, Batliner 2009, section 4), because classes are
    imbalanced; chance is 1 / number of classes.
    """
    return _mean_of_known(recalls(matrix))


def macro_f1(matrix: Counts) -> Figures:
    """The mean of the classes' F1 (Opitz and Burst 2019, "averaged F1") over classes in labels or predictions."""
    return _mean_of_known(f1s(matrix))


def weighted_f1(matrix: Counts) -> Figures:
    """The mean of the classes' F1, weighted by their numbers of utterances."""
    weights = matrix.sum(axis=-1)
    return _share((np.nan_to_num(f1s(matrix)) * weights).sum(axis=-1), weights.sum(axis=-1))


def accuracy(matrix: Counts) -> Figures:
    """The share of utterances that were predicted correctly (the field also calls it WA or WAR)."""
    return _share(_hits(matrix).sum(axis=-1), matrix.sum(axis=(-1, -2)))


OVERALL: dict[str, Metric] = {"uar": uar, "macro_f1": macro_f1, "weighted_f1": weighted_f1, "accuracy": accuracy}
PER_CLASS: dict[str, Metric] = {"precision": precisions, "recall": recalls, "f1": f1s}


def _hits(matrix: Counts) -> Counts:
    return np.diagonal(matrix, axis1=-2, axis2=-1)


def _share(part: Counts | Figures, whole: Counts) -> Figures:
    shares: Figures = np.full(np.broadcast(part, whole).shape, np.nan)
    np.divide(part, whole, out=shares, where=whole > 0)
    return shares


def _mean_of_known(figures: Figures) -> Figures:
    known = ~np.isnan(figures)
    return _share(np.where(known, figures, 0.0).sum(axis=-1), known.sum(axis=-1))
