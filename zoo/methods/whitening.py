"""Whitening: the source by its covariance, the target by that of what is seen; then both have the same, none.

As CORAL, but both are changed, so that the head is fitted once (ZCA whitening: the symmetric root, Kessy, Lewin &
Strimmer 2018, The American Statistician 72, p. 309). It is misled by skewed classes as CORAL is.
"""

from typing import Annotated

from pydantic import Field

from zoo.methods import covariance, heads, space, statistics
from zoo.methods.contract import Answer, Matrix, Method, Random, Seen, Source
from zoo.methods.heads import Head
from zoo.methods.space import Space
from zoo.methods.statistics import Pseudo, Statistics
from zoo.study.configured import Configurable
from zoo.study.section import Section
from zoo.tables.sights import Sights


class Options(Section):
    """mean_utterances, covariance_utterances: how many utterances the source's are worth beside those seen. added: to
    the variance of every direction, of embeddings that have one of about 1."""

    mean_utterances: Annotated[float, Field(ge=0)] = 8.0
    covariance_utterances: Annotated[float, Field(ge=0)] = 128.0
    added: Annotated[float, Field(gt=0)] = 1.0


def _make(options: Options) -> Method:
    def fit(source: Source, seen: Seen, random: Random) -> Answer:
        known = space.of(source, "corpora")
        assert seen.embeddings is not None
        ours, towards = covariance.of_source(known.moments), space.spread(source)
        head = space.once(source, ("white head", options.added), lambda: _head(source, known, ours, options.added))
        mean = statistics.shrunk(seen.embeddings, towards, Pseudo(options.mean_utterances, 0)).mean
        scaled = Statistics(mean, towards.std)
        rows = known.reduced(scaled.standardised(seen.embeddings))
        theirs = covariance.shrunk(rows, rows.mean(axis=0), ours, options.covariance_utterances)
        whitened = known.axes @ covariance.power(theirs, -0.5, options.added)
        return lambda embeddings, speakers: heads.softmax(head.scores(scaled.standardised(embeddings) @ whitened))

    return Method(2, Sights("all"), fit, fewest=2)


def _head(source: Source, known: Space, ours: Matrix, added: float) -> Head:
    rows = known.rows @ covariance.power(ours, -0.5, added)
    penalty, sharpness = heads.chosen(rows, known.shares, source.speakers, known.weights)
    return heads.fitted(heads.moments(rows, known.shares, known.weights), penalty, sharpness)


METHOD = Configurable(Options, _make)
