"""What a model said, as rows of the predictions table."""

import numpy as np
import numpy.typing as npt
import polars as pl

from zoo.tables.predictions import PREDICTIONS


def probabilities(logits: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Softmax over the last axis: same shape, float32."""
    exponents = np.exp(logits.astype(np.float64) - logits.max(axis=-1, keepdims=True))
    return np.asarray(exponents / exponents.sum(axis=-1, keepdims=True), dtype=np.float32)


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
