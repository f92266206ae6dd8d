"""The tests of methods (method_tests.csv): Friedman's of a cell's methods, with the target's speakers as blocks."""

from pathlib import Path

import polars as pl

from zoo.files import whole_file
from zoo.tables.adapted import COUNTS
from zoo.tables.table import Column, Table

TEXT, REAL, WHOLE = pl.String(), pl.Float64(), pl.Int64()

METHOD_TESTS = Table(
    name="tests of methods",
    row="the methods of equal sights in a cell (model, source, target)",
    key=("study", "model", "source", "target", "sights"),
    columns={
        "study": Column(TEXT, "name of the study"),
        **{name: COUNTS.columns[name] for name in ("model", "source", "target", "sights", "scheme")},
        "methods": Column(TEXT, "their names in alphabetical order, separated by commas"),
        "statistic": Column(REAL, "Friedman's chi-squared, corrected for ties", nullable=True),
        "df": Column(WHOLE, "its degrees of freedom: methods less one", nullable=True),
        "p": Column(REAL, "p-value of all of them being alike, 0 to 1", nullable=True),
        "how": Column(TEXT, "how it was made, or why there is none"),
        "num_methods": Column(WHOLE, "methods that are compared"),
        "num_speakers": Column(WHOLE, "the target's speakers, each a block"),
        "exploration": Column(TEXT, "what choices have seen of these speakers; empty: nothing", nullable=True),
        **{name: COUNTS.columns[name] for name in ("source_origin", "target_origin")},
    },
)


def write_csv(frame: pl.DataFrame, path: Path) -> None:
    """Check and write method_tests.csv, sorted by key; six decimals, p-values in full."""
    frame = METHOD_TESTS.check(frame, str(path))
    with whole_file(path) as part:
        frame.with_columns(pl.col("statistic").round(6)).write_csv(part)


def read_csv(path: Path) -> pl.DataFrame:
    """Read and check a method_tests.csv; no rows if there is none."""
    if not path.exists():
        return METHOD_TESTS.frame([])
    return METHOD_TESTS.check(pl.read_csv(path, schema=METHOD_TESTS.schema), str(path))
