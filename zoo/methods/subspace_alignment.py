"""The principal directions of the source are turned into those of the target, one by one.

Fernando, Habrard, Sebban & Tuytelaars 2013, "Unsupervised visual domain adaptation using subspace alignment", ICCV,
p. 2960: with the directions P of the source and Q of the target, of which each is standardised by itself, a source row
is x P P'Q and a target row x Q. Directions of similar variance need not mean the same, and with few utterances Q is
noise. A control.
"""

import numpy as np

from zoo.methods import heads, statistics
from zoo.methods.contract import Answer, Matrix, Method, Names, Random, Seen, Source
from zoo.methods.directions import principal
from zoo.study.configured import Configurable
from zoo.study.section import Count, Section
from zoo.tables.sights import Sights

_PENALTY = 2.0
_SHARPNESS = 2.0


class Options(Section):
    """directions: in the subspaces; at most as many as there are utterances."""

    directions: Count = 128


def _make(options: Options) -> Method:
    def fit(source: Source, seen: Seen, random: Random) -> Answer:
        assert seen.embeddings is not None  # its sights say so
        theirs = statistics.of(seen.embeddings)
        rows = statistics.of(source.embeddings).standardised(source.embeddings)
        ours, of_target = (principal(one, options.directions) for one in (rows, theirs.standardised(seen.embeddings)))
        aligned = rows @ ours @ (ours.T @ of_target)
        shares = np.eye(source.num_classes)[source.labels]
        found = heads.moments(aligned, shares, heads.balanced(source.labels))
        head = heads.fitted(found, _PENALTY, _SHARPNESS)

        def answer(embeddings: Matrix, speakers: Names | None) -> Matrix:
            return heads.of_known(head.scores(theirs.standardised(embeddings) @ of_target), np.unique(source.labels))

        return answer

    return Method(2, Sights("all"), fit, fewest=2, control=True)


METHOD = Configurable(Options, _make)
