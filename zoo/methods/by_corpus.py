"""Standardisation by corpus: each source corpus by its own mean and std, and the target by those of what is seen.

What differs between recordings (microphone, room, level) moves every utterance of a corpus alike; so does a mix of
classes that differs from the source's, which is then taken away too.
"""

from typing import Annotated

from pydantic import Field

from zoo.methods import heads, space, statistics
from zoo.methods.contract import Answer, Matrix, Method, Names, Random, Seen, Source
from zoo.methods.statistics import Pseudo
from zoo.study.configured import Configurable
from zoo.study.section import Section
from zoo.tables.sights import Sights


class Options(Section):
    """mean_utterances, std_utterances: how many utterances the source's statistics are worth beside those seen."""

    mean_utterances: Annotated[float, Field(ge=0)] = 8.0
    std_utterances: Annotated[float, Field(ge=0)] = 16.0


def _make(options: Options) -> Method:
    def fit(source: Source, seen: Seen, random: Random) -> Answer:
        known = space.of(source, "corpora")
        assert seen.embeddings is not None
        pseudo = Pseudo(options.mean_utterances, options.std_utterances)
        found = statistics.shrunk(seen.embeddings, space.spread(source), pseudo)

        def answer(embeddings: Matrix, speakers: Names | None) -> Matrix:
            return heads.softmax(known.head.scores(known.reduced(found.standardised(embeddings))))

        return answer

    return Method(1, Sights("all"), fit, fewest=1)


METHOD = Configurable(Options, _make)
