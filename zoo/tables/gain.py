"""Test predictions of recordings under another gain (gain.parquet)."""

import polars as pl

from zoo.tables.predictions import PREDICTIONS
from zoo.tables.table import Column, Table

GAIN = Table(
    name="gain",
    row="a model's prediction for an utterance under another gain",
    key=(*PREDICTIONS.key, "condition"),
    columns={
        **PREDICTIONS.columns,
        "condition": Column(pl.String(), "what was done to the samples; see zoo.training.gain"),
    },
)
