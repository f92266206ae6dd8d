"""The differences (differences.csv): every paired comparison of two models of a leaderboard."""

from pathlib import Path

import polars as pl

from zoo.errors import ZooError
from zoo.files import whole_file
from zoo.tables.table import Column, Table

TEXT, REAL, WHOLE = pl.String(), pl.Float64(), pl.Int64()

# a leaderboard: models that were tested on the same utterances, in the same way
LEADERBOARD = ("study", "source", "target", "task", "scheme", "mode", "protocol")

DIFFERENCES = Table(
    name="differences",
    row="a comparison of two models",
    key=(*LEADERBOARD, "metric", "first", "second"),
    columns={
        "study": Column(TEXT, "name of the study"),
        "source": Column(TEXT, "corpus that both models were trained on"),
        "target": Column(TEXT, "corpus that they were tested on"),
        "task": Column(TEXT, "what was asked"),
        "scheme": Column(TEXT, "label scheme of the figures"),
        "mode": Column(TEXT, "trained in the scheme, or mapped to it", allowed=("trained", "mapped")),
        "protocol": Column(TEXT, "fold protocol, or 'release' for models of all speakers"),
        "metric": Column(TEXT, "headline metric of the task: uar, js_distance (lower is better) or ccc"),
        "first": Column(TEXT, "name of a model"),
        "second": Column(TEXT, "name of a model after it in alphabetical order"),
        "value": Column(REAL, "the figure of the first minus that of the second", nullable=True),
        "low": Column(REAL, "lower end of the interval", nullable=True),
        "high": Column(REAL, "upper end of the interval", nullable=True),
        "p": Column(REAL, "two-sided p-value of no difference, 0 to 1", nullable=True),
        "p_holm": Column(REAL, "the same, corrected for all pairs of the leaderboard with a p (Holm)", nullable=True),
        "detectable": Column(REAL, "smallest difference that would be found in four of five cases", nullable=True),
        "how": Column(TEXT, "how the interval was made, or why there is none"),
        "num_speakers": Column(WHOLE, "speakers that the comparison is over"),
        "exploration": Column(TEXT, "what choices have seen of these speakers; empty: nothing", nullable=True),
        "source_origin": Column(TEXT, "recorded or synthetic"),
        "target_origin": Column(TEXT, "recorded or synthetic"),
    },
)


def write_csv(frame: pl.DataFrame, path: Path) -> None:
    """Check and write differences.csv, sorted by key; six decimals, p-values in full."""
    frame = DIFFERENCES.check(frame, str(path))
    six = pl.col("value", "low", "high", "detectable").round(6)
    with whole_file(path) as part:
        frame.with_columns(six).write_csv(part)


def read_csv(path: Path) -> pl.DataFrame:
    """Read and check a differences.csv. Raises ZooError when it is missing."""
    if not Path(path).exists():
        raise ZooError(f"{path} is missing", "run `dvc repro` to make it")
    return DIFFERENCES.check(pl.read_csv(path, schema=DIFFERENCES.schema), str(path))
