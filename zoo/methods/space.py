"""The source as methods work on it: standardised by groups, in the few directions in which it varies, with a head."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Literal, TypeVar, cast

import numpy as np

from zoo.methods import heads, statistics
from zoo.methods.contract import Matrix, Source
from zoo.methods.directions import principal
from zoo.methods.heads import Head, Moments
from zoo.methods.statistics import Pseudo, Statistics

DIRECTIONS = 256  # more change the recall of source speakers in the second digit, either way
Groups = Literal["corpora", "speakers"]
Computed = TypeVar("Computed")
_PSEUDO = Pseudo(mean=4, std=16)  # for a source speaker with few utterances


@dataclass(frozen=True)
class Space:
    """axes: (E, K), orthonormal: the principal directions of the standardised source.

    rows: (N, K), the source. shares: (N, C), 1 for its class. weights: (N,), classes weigh alike. moments: of these.
    penalty, sharpness: of a head, chosen over source speakers. head: fitted to the source.
    """

    axes: Matrix
    rows: Matrix
    shares: Matrix
    weights: Matrix
    moments: Moments
    penalty: float
    sharpness: float
    head: Head

    @property
    def known(self) -> Matrix:
        """(C,), whether the source has the class."""
        return np.asarray(self.shares.any(axis=0))

    def reduced(self, standardised: Matrix) -> Matrix:
        """(n, E) -> (n, K)."""
        return np.asarray(standardised @ self.axes)


def of(source: Source, groups: Groups) -> Space:
    """The space of a source of which each corpus, or each speaker, is standardised by itself."""
    return once(source, ("space", groups), lambda: _of(source, standardised(source, groups)))


def spread(source: Source) -> Statistics:
    """Of all source utterances: what is expected of a target of which nothing is seen."""
    return once(source, "spread", lambda: statistics.of(source.embeddings))


def standardised(source: Source, groups: Groups) -> Matrix:
    """(N, E): each corpus by itself; or each speaker, where there are few utterances more like the source."""
    names = source.corpora if groups == "corpora" else source.speakers
    pseudo = Pseudo(0, 0) if groups == "corpora" else _PSEUDO
    known = statistics.by_group(source.embeddings, names, spread(source), pseudo)
    return statistics.standardised_by_group(source.embeddings, names, known, spread(source))


def once(source: Source, name: Hashable, compute: Callable[[], Computed]) -> Computed:
    """What is computed of a source alone, the first time that it is asked for."""
    if name not in source.kept:
        source.kept[name] = compute()
    return cast(Computed, source.kept[name])


def _of(source: Source, embeddings: Matrix) -> Space:
    weights = heads.balanced(source.labels)
    axes = principal(embeddings * np.sqrt(weights)[:, None], DIRECTIONS)
    rows, shares = embeddings @ axes, np.eye(source.num_classes)[source.labels]
    penalty, sharpness = heads.chosen(rows, shares, source.speakers, weights)
    found = heads.moments(rows, shares, weights)
    head = heads.fitted(found, penalty, sharpness)
    return Space(axes, rows, shares, weights, found, penalty, sharpness, head)
