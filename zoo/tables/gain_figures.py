"""What another gain changes (gain.csv): test figures of recordings under another gain."""

from pathlib import Path

import polars as pl

from zoo.errors import ZooError
from zoo.files import whole_file
from zoo.tables.gain import GAIN
from zoo.tables.scores import SCORES
from zoo.tables.table import Column, Table

TEXT = pl.String()
CHANGED = "changed"
_NOT = ("target", "scheme", "trained_scheme", "mode", "target_origin")

GAIN_FIGURES = Table(
    name="gain figures",
    row="a figure under another gain",
    key=("study", "model", "source", "protocol", "task", "condition", "metric", "group"),
    columns={
        **{name: column for name, column in SCORES.columns.items() if name not in _NOT},
        "metric": Column(TEXT, f"as in scores.csv, or '{CHANGED}': the share of answers that are other classes"),
        "condition": GAIN.columns["condition"],
    },
)


def write_csv(frame: pl.DataFrame, path: Path) -> None:
    """Check and write gain.csv, sorted by key, figures with six decimals."""
    frame = GAIN_FIGURES.check(frame, str(path))
    with whole_file(path) as part:
        frame.write_csv(part, float_precision=6)


def read_csv(path: Path) -> pl.DataFrame:
    """Read and check a gain.csv. Raises ZooError when it is missing."""
    if not Path(path).exists():
        raise ZooError(f"{path} is missing", "run `dvc repro` to make it")
    return GAIN_FIGURES.check(pl.read_csv(path, schema=GAIN_FIGURES.schema), str(path))
