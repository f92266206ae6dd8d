"""Methods of equal sights among themselves: ranks over the cells of a model, and in each cell a test over speakers.

What saw more of the target is expected to be better, so methods of different sights are never in one list.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from zoo.evaluation.friedman import friedman, ranked
from zoo.evaluation.method_counts import Cell, Counted, cells, paired
from zoo.metrics.confusion import UAR
from zoo.study.exploration import Exploration, explored
from zoo.tables.adapted import AS_IS
from zoo.tables.method_ranks import METHOD_RANKS
from zoo.tables.method_tests import METHOD_TESTS

Row = dict[str, Any]
_CELL = ("source", "target")


def method_ranks(figures: pl.DataFrame) -> pl.DataFrame:
    """The ranks (see zoo.tables.method_ranks) of a METHODS frame: by the UAR of all, on the targets as they are.

    A list has two methods and more; of cells, those that all of them answered.
    """
    known = figures.filter(condition=AS_IS, metric=UAR.name, group="all").drop_nulls("value")
    rows = [row for part in known.partition_by("model", "sights") for row in _list(part)]
    return METHOD_RANKS.check(METHOD_RANKS.frame(rows), "method ranks")


def _list(part: pl.DataFrame) -> Iterator[Row]:
    """The rows of methods that are ranked together."""
    methods = part["method"].unique().sort().to_list()
    shared = part.filter(pl.len().over(_CELL) == len(methods)).sort(*_CELL, "method")
    if len(methods) < 2 or shared.is_empty():
        return
    values = shared["value"].to_numpy().reshape(-1, len(methods))
    ranks = ranked(values)
    explored_cells = shared.filter(pl.col("exploration").is_not_null()).select(_CELL).n_unique()
    origins = {*shared["source_origin"], *shared["target_origin"]}
    for at, method in enumerate(methods):
        own = shared.filter(method=method).row(0, named=True)
        yield own | {
            "mean_rank": float(ranks[:, at].mean()),
            "wins": int((ranks[:, at] == ranks.min(axis=1)).sum()),
            "num_methods": len(methods),
            "num_cells": len(values),
            "num_explored": explored_cells,
            "origin": "recorded" if origins == {"recorded"} else "synthetic",
        }


def method_tests(
    counts: pl.DataFrame, study: str, exploration: Mapping[str, Exploration] | None = None
) -> pl.DataFrame:
    """The tests (see zoo.tables.method_tests) of a COUNTS frame, on the targets as they are, one target at a time.

    exploration: by corpus, what choices have seen of its speakers before; tests over these say so.
    Raises ZooError where methods of equal sights answered about different utterances.
    """
    rows = [
        {"study": study} | _test(cell, sights, methods, exploration or {})
        for cell in cells(counts)
        for sights, methods in cell.of_equal_sights.items()
        if len(methods) > 1
    ]
    return METHOD_TESTS.check(METHOD_TESTS.frame(rows), "method tests")


def _test(cell: Cell, sights: str, methods: list[Counted], exploration: Mapping[str, Exploration]) -> Row:
    figures = by_speaker(cell, methods)
    blocks = np.asarray(~np.isnan(figures).any(axis=1))
    found = friedman(figures[blocks])
    return {
        **cell.facts,
        "sights": sights,
        "methods": ",".join(one.name for one in methods),
        "statistic": found.statistic,
        "df": found.df,
        "p": found.p,
        "how": found.how,
        "num_methods": len(methods),
        "num_speakers": 0 if cell.anonymous else int(blocks.sum()),
        "exploration": explored(exploration, cell.facts["target"], cell.named(blocks)),
    }


def by_speaker(cell: Cell, methods: list[Counted]) -> NDArray[np.float64]:
    """Each speaker's UAR by each method (K, methods), the mean of the draws that the speaker is tested in; NaN for one
    who is tested in none. UAR is over the classes that the speaker has."""
    each = []
    for one in methods:
        own, _ = paired(cell, one, methods[0])
        uars = UAR.figure(own)  # (S, K)
        known = ~np.isnan(uars)
        number = known.sum(axis=0)
        each.append(np.where(number > 0, np.where(known, uars, 0).sum(axis=0) / np.maximum(number, 1), np.nan))
    return np.stack(each, axis=1)
