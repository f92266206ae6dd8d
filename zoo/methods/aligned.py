"""Where methods that work on a target's rows begin: its utterances standardised by what is seen, in the source's space.

Each source speaker is standardised by itself, so that the head does not lean on voices, of which the target has others.
"""

from collections.abc import Callable
from dataclasses import dataclass

from zoo.methods import space, statistics
from zoo.methods.contract import Matrix, Names, Seen, Source
from zoo.methods.space import Space
from zoo.methods.statistics import Pseudo

_CORPUS, _SPEAKER = Pseudo(mean=8, std=16), Pseudo(mean=4, std=16)  # the defaults of by_corpus and of by_speaker


@dataclass(frozen=True)
class Aligned:
    """space: of the source. rows: (n, K), what is seen. rows_of: embeddings (m, E), speakers (m,) or None -> (m, K)."""

    space: Space
    rows: Matrix
    rows_of: Callable[[Matrix, Names | None], Matrix]


def aligned(source: Source, seen: Seen) -> Aligned:
    """The target standardised as a whole; where its speakers are seen, each by their own statistics."""
    assert seen.embeddings is not None
    known = space.of(source, "speakers")
    everybody = statistics.shrunk(seen.embeddings, space.spread(source), _CORPUS)
    each = {}
    if seen.speakers is not None:
        each = statistics.by_group(seen.embeddings, seen.speakers, everybody, _SPEAKER)

    def rows_of(embeddings: Matrix, speakers: Names | None) -> Matrix:
        if seen.speakers is None or speakers is None:
            return known.reduced(everybody.standardised(embeddings))
        return known.reduced(statistics.standardised_by_group(embeddings, speakers, each, everybody))

    return Aligned(known, rows_of(seen.embeddings, seen.speakers), rows_of)
