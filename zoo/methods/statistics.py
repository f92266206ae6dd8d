"""Means and stds of embeddings, shrunk towards others where few utterances are seen."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from zoo.methods.contract import Matrix, Names

_CONSTANT = 1e-6  # a std below it is that of a number that never changes, which is then only centred


@dataclass(frozen=True)
class Pseudo:
    """How many utterances the statistics to shrink towards are worth: for the mean, and for the std."""

    mean: float
    std: float


@dataclass(frozen=True)
class Statistics:
    """mean, std: (E,), or (n, E) of n utterances that have statistics of their own."""

    mean: Matrix
    std: Matrix

    def standardised(self, embeddings: Matrix) -> Matrix:
        """(n, E) -> (n, E)."""
        return np.asarray((embeddings - self.mean) / np.where(self.std < _CONSTANT, 1.0, self.std))


def of(embeddings: Matrix) -> Statistics:
    """Those of n >= 1 utterances."""
    return Statistics(embeddings.mean(axis=0), embeddings.std(axis=0))


def shrunk(embeddings: Matrix, towards: Statistics, pseudo: Pseudo) -> Statistics:
    """The mean and the std of n >= 0 utterances, as if `pseudo` more of the other statistics had been seen.

    What is seen has a weight of n / (n + pseudo), as in the posterior mean under a conjugate prior.

    >>> rows = np.array([[2.0], [4.0]])
    >>> shrunk(rows, Statistics(np.zeros(1), np.ones(1)), Pseudo(mean=2, std=8)).mean.item()
    1.5
    """
    n = len(embeddings)
    if n == 0:
        return towards
    seen = of(embeddings)
    mean = (n * seen.mean + pseudo.mean * towards.mean) / (n + pseudo.mean)
    variance = (n * seen.std**2 + pseudo.std * towards.std**2) / (n + pseudo.std)
    return Statistics(mean, np.sqrt(variance))


def by_group(embeddings: Matrix, groups: Names, towards: Statistics, pseudo: Pseudo) -> dict[str, Statistics]:
    """Those of each group of utterances, shrunk towards the others. groups: (n,)."""
    return {str(name): shrunk(embeddings[groups == name], towards, pseudo) for name in np.unique(groups)}


def standardised_by_group(
    embeddings: Matrix, groups: Names, known: Mapping[str, Statistics], otherwise: Statistics
) -> Matrix:
    """(n, E) -> (n, E), each utterance by the statistics of its group. otherwise: of groups that are not known."""
    found = np.empty(embeddings.shape)
    for name in np.unique(groups):
        rows = groups == name
        found[rows] = known.get(str(name), otherwise).standardised(embeddings[rows])
    return found
