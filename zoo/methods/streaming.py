"""Standardisation while utterances come: each by the mean and std of those before it and of itself.

Before the first one there are the source's statistics, which weigh less with every utterance.
"""

from typing import Annotated

import numpy as np
from pydantic import Field

from zoo.methods import heads, space
from zoo.methods.contract import Answer, Matrix, Method, Names, Random, Seen, Source
from zoo.methods.statistics import Pseudo, Statistics
from zoo.study.configured import Configurable
from zoo.study.section import Section
from zoo.tables.sights import Sights


class Options(Section):
    """mean_utterances, std_utterances: how many utterances the source's statistics are worth beside those before."""

    mean_utterances: Annotated[float, Field(gt=0)] = 8.0
    std_utterances: Annotated[float, Field(gt=0)] = 16.0


def running(embeddings: Matrix, towards: Statistics, pseudo: Pseudo) -> Statistics:
    """Of each utterance (n, E): of those up to it, as `statistics.shrunk` has them."""
    n = np.arange(1, len(embeddings) + 1)[:, None]
    offset = embeddings - towards.mean  # small numbers keep the difference of two sums exact
    mean = np.cumsum(offset, axis=0) / n
    variance = np.maximum(np.cumsum(offset**2, axis=0) / n - mean**2, 0)
    return Statistics(
        towards.mean + mean * n / (n + pseudo.mean),
        np.sqrt((n * variance + pseudo.std * towards.std**2) / (n + pseudo.std)),
    )


def _make(options: Options) -> Method:
    def fit(source: Source, seen: Seen, random: Random) -> Answer:
        known, pseudo = space.of(source, "corpora"), Pseudo(options.mean_utterances, options.std_utterances)

        def answer(embeddings: Matrix, speakers: Names | None) -> Matrix:
            found = running(embeddings, space.spread(source), pseudo)
            return heads.softmax(known.head.scores(known.reduced(found.standardised(embeddings))))

        return answer

    return Method(1, Sights("earlier"), fit)


METHOD = Configurable(Options, _make)
