"""The differences of methods (method_differences.csv): paired comparisons on one target as it is, model by model."""

from pathlib import Path

import polars as pl

from zoo.files import whole_file
from zoo.tables.adapted import COUNTS
from zoo.tables.table import Column, Table

TEXT, REAL, WHOLE = pl.String(), pl.Float64(), pl.Int64()

CELL = ("study", "model", "source", "target")
AGAINST_SOURCE_ONLY, EQUAL_SIGHTS = "source_only", "equal_sights"  # families of comparisons

METHOD_DIFFERENCES = Table(
    name="differences of methods",
    row="a comparison of two methods of a cell (model, source, target)",
    key=(*CELL, "family", "first", "second"),
    columns={
        "study": Column(TEXT, "name of the study"),
        **{name: COUNTS.columns[name] for name in ("model", "source", "target", "scheme")},
        "family": Column(
            TEXT,
            "each method against source_only, or two methods of equal sights; p is corrected within a cell and family",
            allowed=(AGAINST_SOURCE_ONLY, EQUAL_SIGHTS),
        ),
        "metric": Column(TEXT, "what is compared: uar", allowed=("uar",)),
        "first": Column(TEXT, "name of a method"),
        "second": Column(TEXT, "source_only, or a method after the first in alphabetical order"),
        "first_sights": Column(TEXT, "what the first saw of the target: see zoo/tables/sights.py"),
        "second_sights": Column(TEXT, "what the second saw"),
        "value": Column(REAL, "figure of the first minus that of the second, on the same utterances", nullable=True),
        "low": Column(REAL, "lower end of the interval over the target's speakers", nullable=True),
        "high": Column(REAL, "upper end of the interval", nullable=True),
        "p": Column(REAL, "two-sided p-value of no difference, 0 to 1", nullable=True),
        "p_holm": Column(REAL, "the same, corrected for all of the cell's family that have a p (Holm)", nullable=True),
        "detectable": Column(REAL, "smallest difference that would be found in four of five cases", nullable=True),
        "how": Column(TEXT, "how the interval was made, or why there is none"),
        "num_speakers": Column(WHOLE, "speakers that the comparison is over"),
        "num_draws": Column(WHOLE, "draws averaged over"),
        "exploration": Column(TEXT, "what choices have seen of these speakers; empty: nothing", nullable=True),
        **{name: COUNTS.columns[name] for name in ("source_origin", "target_origin")},
    },
)


def write_csv(frame: pl.DataFrame, path: Path) -> None:
    """Check and write method_differences.csv, sorted by key; six decimals, p-values in full."""
    frame = METHOD_DIFFERENCES.check(frame, str(path))
    with whole_file(path) as part:
        frame.with_columns(pl.col("value", "low", "high", "detectable").round(6)).write_csv(part)


def read_csv(path: Path) -> pl.DataFrame:
    """Read and check a method_differences.csv; no rows if there is none."""
    if not path.exists():
        return METHOD_DIFFERENCES.frame([])
    return METHOD_DIFFERENCES.check(pl.read_csv(path, schema=METHOD_DIFFERENCES.schema), str(path))
