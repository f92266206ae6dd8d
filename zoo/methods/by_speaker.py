"""Standardisation by speaker: each by their own mean and std, in the source and in the target.

A voice moves every utterance of a speaker alike; so does a speaker's mood. Where a speaker has one emotion it is taken
away with the voice, and what is left is chance.
"""

from typing import Annotated

from pydantic import Field

from zoo.methods import heads, space, statistics
from zoo.methods.contract import Answer, Matrix, Method, Names, Random, Seen, Source
from zoo.methods.statistics import Pseudo
from zoo.study.configured import Configurable
from zoo.study.section import Section
from zoo.tables.sights import Sights

_CORPUS = Pseudo(mean=8, std=16)  # as in by_corpus


class Options(Section):
    """mean_utterances, std_utterances: how many utterances the statistics of all speakers seen are worth beside those
    of one."""

    mean_utterances: Annotated[float, Field(ge=0)] = 4.0
    std_utterances: Annotated[float, Field(ge=0)] = 16.0


def _make(options: Options) -> Method:
    def fit(source: Source, seen: Seen, random: Random) -> Answer:
        known = space.of(source, "speakers")
        assert seen.embeddings is not None and seen.speakers is not None
        everybody = statistics.shrunk(seen.embeddings, space.spread(source), _CORPUS)
        pseudo = Pseudo(options.mean_utterances, options.std_utterances)
        each = statistics.by_group(seen.embeddings, seen.speakers, everybody, pseudo)

        def answer(embeddings: Matrix, speakers: Names | None) -> Matrix:
            assert speakers is not None
            rows = statistics.standardised_by_group(embeddings, speakers, each, everybody)
            return heads.softmax(known.head.scores(known.reduced(rows)))

        return answer

    return Method(1, Sights("all", speakers=True), fit, fewest=1)


METHOD = Configurable(Options, _make)
