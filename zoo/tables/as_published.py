"""Test predictions of a model that was selected with these test speakers in view (as_published.parquet).

A table of its own: whatever reads predictions to score, rank or release models cannot read it by mistake.
"""

import polars as pl

from zoo.tables.predictions import PREDICTIONS
from zoo.tables.table import Column, Table

FILE = "as_published.parquet"

AS_PUBLISHED = Table(
    name="as-published predictions",
    row="a prediction of a model that was selected with the test speakers in view",
    key=PREDICTIONS.key,
    columns={
        **PREDICTIONS.columns,
        "selection": Column(pl.String(), "how the model was selected", allowed=("as_published",)),
        "best": Column(pl.Boolean(), "whether of all seeds this one's test predictions score best"),
    },
)
