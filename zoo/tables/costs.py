"""The costs (costs.csv): what every model's search and trainings took, on which machine."""

from pathlib import Path

import polars as pl

from zoo.files import whole_file
from zoo.tables.table import Column, Table

TEXT, REAL, WHOLE = pl.String(), pl.Float64(), pl.Int64()

COSTS = Table(
    name="costs",
    row="a model on a corpus",
    key=("corpus", "model"),
    columns={
        "corpus": Column(TEXT, "corpus that it was trained on"),
        "model": Column(TEXT, "name of the model"),
        "num_trials": Column(WHOLE, "configurations that were tried for each group of folds"),
        "num_networks": Column(WHOLE, "networks that answer together: every answer costs as much as all of them"),
        "search_s": Column(REAL, "seconds of all trials together, on one core each", nullable=True),
        "training_s": Column(REAL, "seconds of all trainings together, the release among them", nullable=True),
        "machine": Column(TEXT, "processors or GPUs that these seconds were taken on", nullable=True),
        "of": Column(TEXT, "hash of the predictions and of the search whose costs these are"),
    },
)


def write_csv(frame: pl.DataFrame, path: Path) -> None:
    """Check and write costs.csv, sorted by key, seconds with one decimal."""
    frame = COSTS.check(frame, str(path))
    with whole_file(path) as part:
        frame.write_csv(part, float_precision=1)


def read_csv(path: Path) -> pl.DataFrame:
    """Read and check a costs.csv; no rows if there is none."""
    if not path.exists():
        return COSTS.frame([])
    return COSTS.check(pl.read_csv(path, schema=COSTS.schema), str(path))
