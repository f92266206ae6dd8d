"""The selection debt (selection_debt.csv): what a selection with the test speakers in view adds to a figure."""

from pathlib import Path

import polars as pl

from zoo.files import whole_file
from zoo.tables.table import Column, Table

TEXT, REAL, WHOLE = pl.String(), pl.Float64(), pl.Int64()

# of a figure: how its model was selected
FIGURES = {
    "published": "as_published",
    "published_mean": "as_published",
    "as_published": "as_published",
    "as_published_mean": "as_published",
    "nested": "nested",
    "debt": "as_published minus nested",
    "debt_of_mean": "as_published minus nested",
}

SELECTION_DEBT = Table(
    name="selection debt",
    row="a figure of a model that is selected as published, or of its nested twin, or their difference",
    key=("study", "corpus", "model", "task", "figure"),
    columns={
        "study": Column(TEXT, "name of the study"),
        "corpus": Column(TEXT, "corpus that both models were trained and tested on"),
        "model": Column(TEXT, "name of the model that is selected as published"),
        "twin": Column(TEXT, "name of its nested twin"),
        "task": Column(TEXT, "what was asked"),
        "scheme": Column(TEXT, "label scheme of the figures"),
        "protocol": Column(TEXT, "fold protocol"),
        "metric": Column(TEXT, "headline metric of the task"),
        "figure": Column(
            TEXT,
            "what others report (published, and the mean of their seeds); the best seed as published, and the mean of "
            "all seeds so; nested, the mean of all seeds; the debt, as published minus nested, of the best seed and of "
            "the mean",
            allowed=tuple(FIGURES),
        ),
        "selection": Column(TEXT, "how the model was selected", allowed=tuple(dict.fromkeys(FIGURES.values()))),
        "value": Column(REAL, "the figure"),
        "low": Column(REAL, "lower end of the interval over speakers", nullable=True),
        "high": Column(REAL, "upper end of the interval over speakers", nullable=True),
        "p": Column(REAL, "of a debt: two-sided p-value of no difference", nullable=True),
        "how": Column(TEXT, "how the interval was made, or why there is none"),
        "num_speakers": Column(WHOLE, "speakers that the figure is computed on", nullable=True),
        "num_seeds": Column(WHOLE, "seeds averaged over; of a debt, those of the nested twin", nullable=True),
        "exploration": Column(TEXT, "what choices have seen of the test speakers; empty: nothing", nullable=True),
        "origin": Column(TEXT, "recorded or synthetic"),
    },
)


def write_csv(frame: pl.DataFrame, path: Path) -> None:
    """Check and write selection_debt.csv, sorted by key; six decimals, p-values in full."""
    frame = SELECTION_DEBT.check(frame, str(path))
    with whole_file(path) as part:
        frame.with_columns(pl.col("value", "low", "high").round(6)).write_csv(part)


def read_csv(path: Path) -> pl.DataFrame:
    """Read and check a selection_debt.csv; no rows if there is none."""
    if not path.exists():
        return SELECTION_DEBT.frame([])
    return SELECTION_DEBT.check(pl.read_csv(path, schema=SELECTION_DEBT.schema), str(path))
