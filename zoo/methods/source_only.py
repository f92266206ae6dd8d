"""The network's own answers: nothing of the target is seen."""

from zoo.methods.contract import Answer, Matrix, Method, Names, Random, Seen, Source
from zoo.study.configured import Configurable
from zoo.study.section import Section
from zoo.tables.sights import Sights


class Options(Section):
    """None."""


def _fit(source: Source, seen: Seen, random: Random) -> Answer:
    def answer(embeddings: Matrix, speakers: Names | None) -> Matrix:
        return source.head(embeddings)

    return answer


METHOD = Configurable(Options, lambda options: Method(0, Sights(), _fit))
