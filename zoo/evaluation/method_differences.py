"""Which methods help: paired differences over the target's speakers, cell by cell."""

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import numpy as np
import polars as pl

from zoo.evaluation.comparison import Difference, difference_of, holm
from zoo.evaluation.counting import NO_SPEAKERS
from zoo.evaluation.method_counts import Cell, Counted, cells, paired, tested
from zoo.metrics.confusion import UAR
from zoo.study.cross import SOURCE_ONLY
from zoo.study.exploration import Exploration, explored
from zoo.tables.adapted import AS_IS
from zoo.tables.method_differences import AGAINST_SOURCE_ONLY, EQUAL_SIGHTS, METHOD_DIFFERENCES

Row = dict[str, Any]
Pair = tuple[Counted, Counted]


def method_differences(
    counts: pl.DataFrame,
    answers: pl.DataFrame,
    study: str,
    confidence: float,
    exploration: Mapping[str, Exploration] | None = None,
) -> pl.DataFrame:
    """The differences (see zoo.tables.method_differences) of a COUNTS frame, on the targets as they are.

    A method that sees labelled or enrolled utterances is compared with another, draw by draw, on those that it is
    tested on. answers: the columns ANSWERS of an ADAPTED frame.
    exploration: by corpus, what choices have seen of its speakers before; comparisons over these say so.
    Raises ZooError where methods answered about different utterances.
    """
    rows: list[Row] = []
    for cell in cells(counts, answers):
        for family, pairs in (
            (AGAINST_SOURCE_ONLY, _against_source_only(cell)),
            (EQUAL_SIGHTS, _of_equal_sights(cell)),
        ):
            found = [_row(cell, *pair, confidence, exploration or {}) for pair in pairs]
            corrected = holm([row["p"] for row in found])
            shared = {"study": study, "family": family}
            rows += (row | shared | {"p_holm": p} for row, p in zip(found, corrected, strict=True))
    return METHOD_DIFFERENCES.check(METHOD_DIFFERENCES.frame(rows), "method differences")


def _against_source_only(cell: Cell) -> list[Pair]:
    plain = cell.source_only(AS_IS)
    return [(one, plain) for one in cell.as_is if plain is not None and one.name != SOURCE_ONLY]


def _of_equal_sights(cell: Cell) -> list[Pair]:
    """Without source_only, whose comparisons are the others."""
    lists = cell.of_equal_sights.values()
    return [pair for own in lists for pair in combinations([one for one in own if one.name != SOURCE_ONLY], 2)]


def _row(cell: Cell, first: Counted, second: Counted, confidence: float, exploration: Mapping[str, Exploration]) -> Row:
    one, other = paired(cell, first, second)
    found = difference_of(one, other, confidence, UAR) if len(one) else _NONE
    speakers = cell.named(np.asarray(tested(one).any(axis=0)))
    return {
        **cell.facts,
        "metric": UAR.name,
        "first": first.name,
        "second": second.name,
        "first_sights": first.sights,
        "second_sights": second.sights,
        "value": found.value if len(one) else None,
        **{name: getattr(found, name) for name in ("low", "high", "p", "detectable")},
        "how": NO_SPEAKERS if cell.anonymous else found.how,
        "num_speakers": 0 if cell.anonymous else found.num_speakers,
        "num_draws": len(one),
        "exploration": explored(exploration, cell.facts["target"], speakers),
    }


_NONE = Difference(0.0, None, None, None, None, "none: no speaker on whom both are tested")
