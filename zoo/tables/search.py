"""The searches (search.csv) and their learning curves (curves.parquet), as they are kept beside the scores."""

from pathlib import Path

import polars as pl

from zoo.files import whole_file
from zoo.tables.table import Column, Table

TEXT, REAL, WHOLE = pl.String(), pl.Float64(), pl.Int64()

SEARCH = Table(
    name="search",
    row="a model's search on a corpus",
    key=("corpus", "model"),
    columns={
        "corpus": Column(TEXT, "name of the corpus or pool"),
        "model": Column(TEXT, "name of the model"),
        "measure": Column(TEXT, "what the dev score measures; only models with the same one are compared"),
        "is_best": Column(pl.Boolean(), "whether it has the best nested dev score of its corpus and measure"),
        "dev_score": Column(
            REAL, "nested: mean over folds of that of the configuration chosen for them", nullable=True
        ),
        "num_configurations": Column(WHOLE, "configurations that were tried for each group of folds"),
        "num_groups": Column(WHOLE, "groups of folds, each with a search of its own"),
        "by_group": Column(TEXT, "best dev score of each group, in their order, separated by spaces"),
        "low": Column(REAL, "lowest dev score of a trial"),
        "high": Column(REAL, "highest dev score of a trial"),
        "config": Column(TEXT, "hyperparameters of the release, as JSON"),
        "num_parameters": Column(WHOLE, "weights of the release's own networks, without an encoder", nullable=True),
    },
)

CURVES = Table(
    name="learning curves",
    row="a trial of a search",
    key=("corpus", "model", "group", "config_id"),
    columns={
        "corpus": Column(TEXT, "name of the corpus or pool"),
        "model": Column(TEXT, "name of the model"),
        "group": Column(WHOLE, "group of folds that the trial is for"),
        "config_id": Column(WHOLE, "number in the list of configurations"),
        "is_chosen": Column(pl.Boolean(), "whether it has the best dev score of its group"),
        "dev_scores": Column(pl.List(pl.Float32()), "dev score after every epoch"),
    },
)


def write_csv(frame: pl.DataFrame, path: Path) -> None:
    """Check and write search.csv, sorted by key, with six decimals."""
    frame = SEARCH.check(frame, str(path))
    with whole_file(path) as part:
        frame.write_csv(part, float_precision=6)


def read_csv(path: Path) -> pl.DataFrame:
    """Read and check a search.csv; no rows if there is none."""
    if not path.exists():
        return SEARCH.frame([])
    return SEARCH.check(pl.read_csv(path, schema=SEARCH.schema), str(path))


def read_curves(path: Path) -> pl.DataFrame:
    """Read and check a curves.parquet; no rows if there is none."""
    return CURVES.read(path) if path.exists() else CURVES.frame([])
