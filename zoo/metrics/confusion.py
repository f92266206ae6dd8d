"""The figures of the field, each from confusion matrices.

A confusion matrix counts utterances: rows are labels, columns are predictions. Every function takes an array
(..., C, C), any number of matrices at once, and gives figures between 0 and 1, NaN where it is undefined.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zoo.metrics.contract import Answers, Figures, Metric, Sums
from zoo.metrics.scales import LOGIT

Counts = NDArray[Any]  # whole numbers, or means of them over seeds
Figure = Callable[[Counts], Figures]


def confusions(answers: Answers) -> Sums:
    """The confusion matrices (num_groups, C, C) of the groups."""
    assert answers.label is not None and answers.predicted is not None
    size = answers.num_classes
    cells = (answers.group * size + answers.label) * size + answers.predicted
    counts = np.bincount(cells, minlength=answers.num_groups * size * size)
    return counts.reshape(answers.num_groups, size, size)


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


def _hits(matrix: Counts) -> Counts:
    return np.diagonal(matrix, axis1=-2, axis2=-1)


def _share(part: Counts, whole: Counts) -> Figures:
    shares: Figures = np.full(np.broadcast(part, whole).shape, np.nan)
    np.divide(part, whole, out=shares, where=whole > 0)
    return shares


def _mean_of_known(figures: Figures) -> Figures:
    known = ~np.isnan(figures)
    return _share(np.where(known, figures, 0.0).sum(axis=-1), known.sum(axis=-1))


def _labelled(matrix: Counts) -> Figures:
    return np.asarray(matrix.sum(axis=-1), np.float64)


def _predicted(matrix: Counts) -> Figures:
    return np.asarray(matrix.sum(axis=-2), np.float64)


def _either(matrix: Counts) -> Figures:
    """An F1 is the share of hits among labels and predictions, each counted half."""
    return (_labelled(matrix) + _predicted(matrix)) / 2


def _all(matrix: Counts) -> Figures:
    return np.asarray(matrix.sum(axis=(-1, -2)), np.float64)


def _per_class(name: str, title: str, figure: Figure, number: Figure) -> Metric:
    """The metric of each class of which there is a number of utterances."""
    return Metric(
        name,
        title,
        figure=figure,
        number=number,
        contributes=lambda matrix: number(matrix) > 0,
        per_class=True,
        **_COMMON,
    )


_COMMON: dict[str, Any] = {
    "tasks": ("categorical", "soft"),
    "needs": ("label", "predicted"),
    "sums": confusions,
    "scale": LOGIT,
}
UAR = Metric("uar", "UAR", figure=uar, number=_all, **_COMMON)
MACRO_F1 = Metric("macro_f1", "macro F1", figure=macro_f1, number=_all, **_COMMON)
WEIGHTED_F1 = Metric("weighted_f1", "weighted F1", figure=weighted_f1, number=_all, **_COMMON)
ACCURACY = Metric("accuracy", "accuracy", figure=accuracy, number=_all, **_COMMON)
PRECISION = _per_class("precision", "precision", precisions, _predicted)
RECALL = _per_class("recall", "recall", recalls, _labelled)
F1 = _per_class("f1", "F1", f1s, _either)
METRICS = (UAR, MACRO_F1, WEIGHTED_F1, ACCURACY, PRECISION, RECALL, F1)
