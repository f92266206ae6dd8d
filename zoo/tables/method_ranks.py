"""The ranks of methods (method_ranks.csv): over all cells of a model, among methods that saw the same, without a p.

Cells share corpora, so that no test over them holds its level: docs/intervals.md.
"""

from pathlib import Path

import polars as pl

from zoo.files import whole_file
from zoo.tables.adapted import COUNTS
from zoo.tables.table import Column, Table

TEXT, REAL, WHOLE = pl.String(), pl.Float64(), pl.Int64()

METHOD_RANKS = Table(
    name="ranks of methods",
    row="a method among those of equal sights, over the cells of a model",
    key=("study", "model", "sights", "method"),
    columns={
        "study": Column(TEXT, "name of the study"),
        **{name: COUNTS.columns[name] for name in ("model", "sights", "method", "rung", "control")},
        "mean_rank": Column(REAL, "mean of the ranks by UAR, 1 is best; equal figures share the mean of their ranks"),
        "wins": Column(WHOLE, "cells in which none of the others is better"),
        "num_methods": Column(WHOLE, "methods that are ranked together, 2 and up"),
        "num_cells": Column(WHOLE, "cells that all of them answered"),
        "num_explored": Column(WHOLE, "how many of these choices have seen: their figures are post-exploration"),
        "origin": Column(TEXT, "recorded, or synthetic if a corpus of any cell is", allowed=("recorded", "synthetic")),
    },
)


def write_csv(frame: pl.DataFrame, path: Path) -> None:
    """Check and write method_ranks.csv, sorted by key, figures with six decimals."""
    frame = METHOD_RANKS.check(frame, str(path))
    with whole_file(path) as part:
        frame.write_csv(part, float_precision=6)


def read_csv(path: Path) -> pl.DataFrame:
    """Read and check a method_ranks.csv; no rows if there is none."""
    if not path.exists():
        return METHOD_RANKS.frame([])
    return METHOD_RANKS.check(pl.read_csv(path, schema=METHOD_RANKS.schema), str(path))
