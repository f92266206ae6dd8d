"""Test predictions of recordings under another gain (gain.parquet)."""

import polars as pl

from zoo.tables.predictions import PREDICTIONS
from zoo.tables.table import Column, Table

# conditions: the same gain for all utterances, in dB, and one that is drawn for each of them
EVEN = {"minus_20_db": -20.0, "minus_10_db": -10.0, "plus_10_db": 10.0, "plus_20_db": 20.0}
INDEPENDENT = "independent_6_db"
SIGMA_DB = 6.0

GAIN = Table(
    name="gain",
    row="a model's prediction for an utterance under another gain",
    key=(*PREDICTIONS.key, "condition"),
    columns={
        **PREDICTIONS.columns,
        "condition": Column(pl.String(), "what was done to the samples", allowed=(*EVEN, INDEPENDENT)),
    },
)
