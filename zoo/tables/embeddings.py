"""The embeddings (embeddings.parquet): where utterances of a source and a target lie, in two numbers each."""

from pathlib import Path

import polars as pl

from zoo.tables.predictions import ORIGIN, PREDICTIONS
from zoo.tables.table import Column, Table

TEXT, WHOLE, REAL = pl.String(), pl.Int64(), pl.Float32()
STATES = ("before", "after")  # standardisation by corpus
FILE = "embeddings.parquet"

EMBEDDINGS = Table(
    name="embeddings",
    row="an utterance of the source or the target of a cell",
    key=("model", "source", "target", "corpus", "number"),
    columns={
        **{name: PREDICTIONS.columns[name] for name in ("model", "source", "target")},
        "corpus": Column(TEXT, "corpus of the utterance"),
        "number": Column(WHOLE, "of the utterance within its corpus, among those that were drawn, 0 and up"),
        "label": Column(TEXT, "its class in the cross scheme"),
        **{
            f"{axis}_{state}": Column(REAL, f"principal component {number}, {state} standardisation by corpus")
            for state in STATES
            for number, axis in enumerate("xy", 1)
        },
        **{
            f"held_{state}": Column(REAL, f"share of the variance {state} it that both components hold, 0 to 1")
            for state in STATES
        },
        "origin": Column(TEXT, "recorded speech, or synthetic stand-ins", allowed=ORIGIN),
    },
)


def read(path: Path) -> pl.DataFrame:
    """Read and check an embeddings.parquet; no rows if there is none."""
    return EMBEDDINGS.read(path) if path.exists() else EMBEDDINGS.frame([])
