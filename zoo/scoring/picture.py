"""A picture of embeddings: those of a source and a target on two principal components, as they are, and with each
corpus standardised by itself.

It is for the eye alone: no method reads it, and labels only give its points their class.
"""

import numpy as np
import polars as pl

from zoo.hashes import sha256_of_text
from zoo.methods.contract import Matrix, Names, Numbers
from zoo.scoring.cells import Target, Trained
from zoo.tables.embeddings import EMBEDDINGS, STATES

MOST = 100  # utterances of a corpus
_CONSTANT = 1e-6  # a number with a smaller std never changes, and is only centred


def points(known: Trained, source: str, target: str, heard: Target, origins: tuple[str, str]) -> pl.DataFrame:
    """EMBEDDINGS rows of a cell, as the first of a model's networks hears it.

    origins: of the source and the target.
    """
    own = known.sources[0]
    corpora = np.concatenate([own.corpora, np.full(len(heard.labels), target, dtype=object)]).astype(str)
    embeddings = np.concatenate([own.embeddings, heard.embeddings[0]])
    labels = np.concatenate([own.labels, heard.labels])
    rows, numbers = sampled(corpora)
    placed = {
        "before": components(embeddings[rows]),
        "after": components(standardised(embeddings, corpora)[rows]),
    }
    columns = {
        "corpus": corpora[rows],
        "number": numbers,
        "label": np.array(known.classes)[labels[rows]],
        **{f"{axis}_{state}": placed[state][0][:, at] for state in STATES for at, axis in enumerate("xy")},
        **{f"held_{state}": np.full(len(rows), placed[state][1]) for state in STATES},
        "origin": np.where(corpora[rows] == target, origins[1], origins[0]),
    }
    cell = {"model": known.release.model, "source": source, "target": target}
    return pl.DataFrame({**columns, **cell}, schema_overrides=EMBEDDINGS.schema).select(list(EMBEDDINGS.columns))


def sampled(corpora: Names) -> tuple[Numbers, Numbers]:
    """At most MOST rows of each corpus, always the same, and the number of each within its corpus: (n,), (n,)."""
    rows, numbers = [], []
    for name in np.unique(corpora):
        own = np.flatnonzero(corpora == name)
        if len(own) > MOST:
            seed = int(sha256_of_text(str(name))[:8], 16)
            own = np.sort(np.random.default_rng(seed).choice(own, MOST, replace=False))
        rows.append(own)
        numbers.append(np.arange(len(own)))
    return np.concatenate(rows), np.concatenate(numbers)


def standardised(embeddings: Matrix, corpora: Names) -> Matrix:
    """(N, E) -> (N, E), each corpus by its own mean and std, as the method `by_corpus` does with many utterances."""
    found = np.empty(embeddings.shape)
    for name in np.unique(corpora):
        own = embeddings[corpora == name]
        std = own.std(axis=0)
        found[corpora == name] = (own - own.mean(axis=0)) / np.where(std < _CONSTANT, 1.0, std)
    return found


def components(embeddings: Matrix) -> tuple[Matrix, float]:
    """The two principal components of embeddings (n, E), n >= 1: (n, 2), and the share of the variance they hold.

    Of the two directions of each, the one is taken in which its largest loading is positive.
    """
    centred = embeddings - embeddings.mean(axis=0)
    left, singular, axes = np.linalg.svd(centred, full_matrices=False)
    placed = np.zeros((len(centred), 2))
    for at, axis in enumerate(axes[:2]):
        sign = 1.0 if axis[np.abs(axis).argmax()] >= 0 else -1.0
        placed[:, at] = sign * left[:, at] * singular[at]
    total = float(np.square(singular).sum())
    return placed, float(np.square(singular[:2]).sum()) / total if total else 0.0
