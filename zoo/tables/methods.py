"""The figures of methods (methods.csv): how well each answers about another corpus, as it is and under stress."""

from pathlib import Path

import polars as pl

from zoo.files import whole_file
from zoo.tables.adapted import COUNTS
from zoo.tables.table import Column, Table

TEXT, REAL, WHOLE = pl.String(), pl.Float64(), pl.Int64()

LOSS = 0.05  # a method that loses more than this under a stress says so
SEX_GAP = "sex_gap"

METHODS = Table(
    name="figures of methods",
    row="a figure of a method on a target, in a condition",
    key=("study", "model", "source", "target", "method", "condition", "metric", "group"),
    columns={
        "study": Column(TEXT, "name of the study"),
        **{
            name: COUNTS.columns[name]
            for name in (
                *("model", "source", "target", "method", "rung", "control", "sights", "scheme", "condition"),
                *("source_origin", "target_origin"),
            )
        },
        "metric": Column(TEXT, "uar, over classes that occur in the labels; or macro_f1", allowed=("uar", "macro_f1")),
        "group": Column(
            TEXT,
            "'all'; of the target as it is also 'sex=…', 'elicitation=…', 'language=…', and "
            f"'{SEX_GAP}': the UAR of female minus that of male speakers",
        ),
        "value": Column(REAL, "the figure, the mean of the draws", nullable=True),
        "low": Column(REAL, "lower end of the interval over the target's speakers", nullable=True),
        "high": Column(REAL, "upper end of the interval", nullable=True),
        "interval": Column(TEXT, "how the interval was made, or why there is none"),
        "loss": Column(
            REAL,
            "under stress, of the UAR of all: that of source_only on the same utterances minus this one; above 0, the "
            "method is worse than doing nothing",
            nullable=True,
        ),
        "loses": Column(pl.Boolean(), f"whether the loss is more than {LOSS}; empty where none is", nullable=True),
        "num_utterances": Column(WHOLE, "utterances that are answered in a draw, the mean of the draws"),
        "num_speakers": Column(WHOLE, "their speakers, of all draws together"),
        "num_draws": Column(WHOLE, "draws averaged over"),
        "exploration": Column(TEXT, "what choices have seen of these speakers; empty: nothing", nullable=True),
    },
)


def write_csv(frame: pl.DataFrame, path: Path) -> None:
    """Check and write methods.csv, sorted by key, figures with six decimals."""
    frame = METHODS.check(frame, str(path))
    with whole_file(path) as part:
        frame.write_csv(part, float_precision=6)


def read_csv(path: Path) -> pl.DataFrame:
    """Read and check a methods.csv; no rows if there is none."""
    if not path.exists():
        return METHODS.frame([])
    return METHODS.check(pl.read_csv(path, schema=METHODS.schema), str(path))
