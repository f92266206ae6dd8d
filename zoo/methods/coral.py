"""CORAL: source embeddings are given the covariance of the target's, and a head is fitted to them.

Sun, Feng & Saenko 2016, "Return of frustratingly easy domain adaptation", AAAI: source rows times Cs^(-1/2) Ct^(1/2),
with the identity added to both covariances. Means are aligned too. Covariances are those of the directions in which the
source varies; the target's is shrunk towards the source's. A target of other class frequencies has another covariance
and another mean, without being recorded otherwise, which is then taken for a difference of conditions.
"""

from typing import Annotated

from pydantic import Field

from zoo.methods import covariance, heads, space, statistics
from zoo.methods.contract import Answer, Matrix, Method, Random, Seen, Source
from zoo.methods.space import Space
from zoo.methods.statistics import Pseudo
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
        towards = space.spread(source)
        mean = statistics.shrunk(seen.embeddings, towards, Pseudo(options.mean_utterances, 0)).mean
        scaled = statistics.Statistics(mean, towards.std)

        def reduced(embeddings: Matrix) -> Matrix:
            return known.reduced(scaled.standardised(embeddings))

        ours = covariance.of_source(known.moments)
        rows = reduced(seen.embeddings)
        theirs = covariance.shrunk(rows, rows.mean(axis=0), ours, options.covariance_utterances)
        head = _head(known, ours, theirs, options.added)
        return lambda embeddings, speakers: heads.softmax(head.scores(reduced(embeddings)))

    return Method(2, Sights("all"), fit, fewest=2)


def _head(known: Space, ours: Matrix, theirs: Matrix, added: float) -> heads.Head:
    recoloured = covariance.power(ours, -0.5, added) @ covariance.power(theirs, 0.5, added)
    found = heads.moments(known.rows @ recoloured, known.shares, known.weights)
    return heads.fitted(found, known.penalty, known.sharpness)


METHOD = Configurable(Options, _make)
