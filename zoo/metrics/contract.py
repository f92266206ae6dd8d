"""What a metric is: sums that add up over speakers, and a figure of such sums.

Because the sums are additive, the figure without a speaker is that of the total minus the speaker's sums. So one
jackknife (zoo.evaluation.intervals) and one comparison (zoo.evaluation.comparison) serve every metric.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zoo.metrics.scales import Scale

Sums = NDArray[Any]  # whole numbers or float64
Figures = NDArray[np.float64]


@dataclass(frozen=True)
class Answers:
    """The answers to N utterances, and the truth. What a task does not have is None.

    group: (N,), the number of each utterance's group (a speaker), 0..num_groups - 1.
    label, predicted: (N,), numbers of classes, 0..num_classes - 1; -1 for a label that there is not, such as of ties.
    probabilities: (N, num_classes), rows sum to 1. recalibrated: the same, by a temperature fitted on other folds.
    truth: (N, num_classes), the raters' distribution, or (N, 3), valence, arousal, dominance in [0, 1]; NaN: unknown.
    values: (N, 3), predicted valence, arousal, dominance.

    >>> answers = Answers(np.array([0, 0, 1]), 2, 2, label=np.array([0, 1, 1]), predicted=np.array([0, 0, 1]))
    >>> len(answers)
    3
    """

    group: NDArray[np.int64]
    num_groups: int
    num_classes: int = 0
    label: NDArray[np.int64] | None = None
    predicted: NDArray[np.int64] | None = None
    probabilities: NDArray[np.float64] | None = None
    recalibrated: NDArray[np.float64] | None = None
    truth: NDArray[np.float64] | None = None
    values: NDArray[np.float64] | None = None

    def __len__(self) -> int:
        return len(self.group)

    def has(self, fields: Iterable[str]) -> bool:
        """Whether none of these fields is None."""
        return all(getattr(self, name) is not None for name in fields)

    def complete(self, fields: Iterable[str]) -> "Answers":
        """Those utterances that have a value in each of these fields (one known dimension is enough)."""
        keep = np.ones(len(self), bool)
        for name in fields:
            content = getattr(self, name)
            known = content >= 0 if name in ("label", "predicted") else ~np.isnan(content).all(axis=1)
            keep &= known
        return self if keep.all() else self.where(keep)

    def where(self, keep: NDArray[np.bool_]) -> "Answers":
        """Those utterances for which keep (N,) is true; groups keep their numbers."""
        rows: dict[str, Any] = {
            name: content[keep]
            for name, content in vars(self).items()
            if isinstance(content, np.ndarray)  # every array has a row an utterance
        }
        return replace(self, **rows)

    def added_up(self, parts: NDArray[Any]) -> Sums:
        """The sums (num_groups, ...) over each group of what an utterance contributes (N, ...)."""
        sums = np.zeros((self.num_groups, *parts.shape[1:]), parts.dtype)
        np.add.at(sums, self.group, parts)
        return sums


def any_sum(sums: Sums) -> NDArray[np.bool_]:
    """Which groups have an utterance: (K, ...) -> (K,)."""
    return np.asarray(np.any(sums != 0, axis=tuple(range(1, sums.ndim))))


@dataclass(frozen=True)
class Metric:
    """A metric of a task's answers.

    name: as in the scores table. title: for people. tasks: the tasks that it is for. needs: the fields of Answers that
    it uses; utterances that lack one of them are not counted.
    sums(answers): (num_groups, ...), additive: the sums of a union of groups are the sum of theirs.
    figure(sums): (..., *shape of a group's sums) -> (...), any number of sums at once; NaN where it is undefined. For
    metrics per class (..., num_classes).
    scale: on which its interval covers; None: no interval does. low, high: its range.
    contributes(sums): (K, ...) -> (K,), or (K, num_classes): which groups the figure depends on; others are no speakers
    of its interval.
    number(sums): (..., *shape of a group's sums) -> (...): of a share, how many utterances it is a share of, which says
    how near to an end of its range an interval may come; for metrics per class (..., num_classes). None: not a share.
    better: 'higher' or 'lower'.
    """

    name: str
    title: str
    tasks: tuple[str, ...]
    needs: tuple[str, ...]
    sums: Callable[[Answers], Sums]
    figure: Callable[[Sums], Figures]
    scale: Scale | None
    low: float = 0.0
    high: float = 1.0
    better: str = "higher"
    per_class: bool = False
    contributes: Callable[[Sums], NDArray[np.bool_]] = any_sum
    number: Callable[[Sums], Figures] | None = None

    def of(self, answers: Answers) -> Sums:
        """The sums (num_groups, ...) of the answers that have everything that the metric needs."""
        return self.sums(answers.complete(self.needs))

    def total(self, answers: Answers) -> Figures:
        """The figure of all groups together.

        >>> from zoo import metrics
        >>> answers = Answers(np.array([0, 0, 1]), 2, 2, label=np.array([0, 1, 1]), predicted=np.array([0, 0, 1]))
        >>> float(metrics.get("uar").total(answers))  # recalls 1 and 1/2
        0.75
        """
        return self.figure(self.of(answers).sum(axis=0))
