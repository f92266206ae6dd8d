"""The predictions of models for utterances. Every score is computed from this table."""

import numpy as np
import numpy.typing as npt
import polars as pl

from zoo.tables.table import Column, Table

TEXT, WHOLE = pl.String(), pl.Int64()
ORIGIN = ("recorded", "synthetic")
RELEASE = "release"

PREDICTIONS = Table(
    name="predictions",
    row="a model's prediction for an utterance",
    key=("architecture", "source", "target", "protocol", "fold", "seed", "scheme", "utterance_id"),
    columns={
        "architecture": Column(TEXT, "name of the architecture"),
        "source": Column(TEXT, "corpus that the model was trained on"),
        "target": Column(TEXT, "corpus that it was tested on"),
        "protocol": Column(TEXT, "fold protocol of the source"),
        "fold": Column(TEXT, f"number of the fold, or '{RELEASE}' for the model of all speakers"),
        "seed": Column(WHOLE, "seed of the training"),
        "trained_scheme": Column(TEXT, "label scheme that the model was trained in"),
        "scheme": Column(TEXT, "label scheme of label, predicted and probabilities"),
        "utterance_id": Column(TEXT, "as in the target's manifest"),
        "speaker_id": Column(TEXT, "as in the target's manifest"),
        "sex": Column(TEXT, "as in the target's manifest", nullable=True),
        "label": Column(TEXT, "class of the utterance in the scheme"),
        "predicted": Column(TEXT, "class with the highest probability"),
        "probabilities": Column(pl.List(pl.Float32()), "of the scheme's classes in alphabetical order; they sum to 1"),
        "source_origin": Column(TEXT, "recorded speech, or synthetic stand-ins", allowed=ORIGIN),
        "target_origin": Column(TEXT, "recorded speech, or synthetic stand-ins", allowed=ORIGIN),
    },
)


def predictions_of(
    utterances: pl.DataFrame, probability: npt.NDArray[np.float32], classes: tuple[str, ...], **constants: str | int
) -> pl.DataFrame:
    """PREDICTIONS rows. utterances: rows of a FOLDS frame; probability: (N, C); constants: the other columns."""
    rows = utterances.select("utterance_id", "speaker_id", "sex", "scheme", "label").with_columns(
        pl.Series("predicted", [classes[number] for number in probability.argmax(axis=1)], dtype=pl.String),
        pl.Series("probabilities", probability.tolist(), dtype=pl.List(pl.Float32)),
        *[pl.lit(value).cast(PREDICTIONS.schema[name]).alias(name) for name, value in constants.items()],
    )
    return rows.select(list(PREDICTIONS.columns))
