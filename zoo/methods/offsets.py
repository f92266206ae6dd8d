"""The source without the offsets of its speakers, standardised: what heads that meet labelled targets are fitted to."""

from dataclasses import dataclass

import numpy as np

from zoo.methods import heads, space
from zoo.methods.contract import Matrix, Names, Numbers, Source
from zoo.methods.directions import principal
from zoo.methods.statistics import Statistics

_ROUNDS = 3
_PSEUDO = 3.0  # utterances without an offset that each speaker is taken to have


@dataclass(frozen=True)
class Plain:
    """A source without its speakers' offsets.

    rows: (N, K), standardised (each class weighs alike in their mean, 0, and std, 1), in the directions in which they
    vary most. shares: (N, C), 1 for the class. weights: (N,), balanced. labels: (N,). means: (C, K), of classes; NaN
    for one that the source lacks.
    people: the mean squared length of a speaker's offset from the mean of their corpus; 0 of one speaker.
    """

    rows: Matrix
    shares: Matrix
    weights: Matrix
    labels: Numbers
    means: Matrix
    people: float
    known: Statistics
    axes: Matrix

    def reduced(self, embeddings: Matrix) -> Matrix:
        """(n, E) -> (n, K), standardised as the source is."""
        return np.asarray(self.known.standardised(embeddings) @ self.axes)


def plain(source: Source) -> Plain:
    """The source, computed once."""
    return space.once(source, "plain", lambda: _plain(source))


def _plain(source: Source) -> Plain:
    """The source's embeddings as class mean + offset of the speaker + rest, without the offset.

    Two-way additive, by backfitting (Buja, Hastie & Tibshirani 1989, Annals of Statistics 17, p. 453), so that speakers
    who have different classes keep their classes' differences; offsets of few utterances are shrunk to 0.
    """
    weights = heads.balanced(source.labels)
    offsets = _offsets(source.embeddings, source.labels, source.speakers)
    values = source.embeddings - offsets
    centre = weights @ values
    known = Statistics(centre, np.sqrt(weights @ (values - centre) ** 2))
    standardised = known.standardised(values)
    axes = principal(standardised * np.sqrt(weights)[:, None], space.DIRECTIONS)
    rows, shares = standardised @ axes, np.eye(source.num_classes)[source.labels]
    means = class_means(rows, source.labels, source.num_classes)
    people = _people(known.standardised(offsets + centre) @ axes, source.speakers, source.corpora)
    return Plain(rows, shares, weights, source.labels, means, people, known, axes)


def class_means(rows: Matrix, labels: Numbers, num_classes: int) -> Matrix:
    """(n, E), (n,) -> (C, E); NaN for a class without a row."""
    counts = np.bincount(labels, minlength=num_classes)
    sums = np.eye(num_classes)[labels].T @ rows
    return np.asarray(sums / np.where(counts, counts, np.nan)[:, None])


def _offsets(embeddings: Matrix, labels: Numbers, speakers: Names) -> Matrix:
    """(N, E), the same for all utterances of a speaker."""
    _, numbers = np.unique(speakers, return_inverse=True)
    order = np.argsort(numbers, kind="stable")
    starts = np.searchsorted(numbers[order], np.arange(numbers.max() + 1))
    counts = np.bincount(numbers)[:, None] + _PSEUDO
    offsets = np.zeros_like(embeddings)
    for _ in range(_ROUNDS):
        means = class_means(embeddings - offsets, labels, int(labels.max()) + 1)
        offsets = (np.add.reduceat((embeddings - means[labels])[order], starts, axis=0) / counts)[numbers]
    return offsets


def _people(offsets: Matrix, speakers: Names, corpora: Names) -> float:
    """A person of several corpora counts in the first."""
    _, first = np.unique(speakers, return_index=True)
    each, names = offsets[first], corpora[first]
    own = [each[names == name] - each[names == name].mean(axis=0) for name in np.unique(names)]
    free = len(each) - len(own)
    return float(sum((rows**2).sum() for rows in own) / free) if free else 0.0
