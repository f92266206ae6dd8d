"""The predictions of models for utterances. Every score is computed from this table."""

import polars as pl

from zoo.tables.table import Column, Table

TEXT, WHOLE, NUMBERS = pl.String(), pl.Int64(), pl.List(pl.Float32())
ORIGIN = ("recorded", "synthetic")
RELEASE = "release"
TASKS = ("categorical", "soft", "dimensional")

PREDICTIONS = Table(
    name="predictions",
    row="a model's prediction for an utterance",
    key=("model", "source", "target", "protocol", "fold", "seed", "task", "scheme", "utterance_id"),
    columns={
        "model": Column(TEXT, "name of the model"),
        "source": Column(TEXT, "corpus that the model was trained on"),
        "target": Column(TEXT, "corpus that it was tested on"),
        "protocol": Column(TEXT, "fold protocol of the source"),
        "fold": Column(TEXT, f"number of the fold, or '{RELEASE}' for the model of all speakers"),
        "seed": Column(WHOLE, "seed of the training"),
        "sights": Column(TEXT, "what was seen of the target before it was answered: see zoo/tables/sights.py"),
        "trained_scheme": Column(TEXT, "label scheme that the model was trained in"),
        "task": Column(TEXT, "what was asked", allowed=TASKS),
        "scheme": Column(TEXT, "label scheme of label, predicted and probabilities"),
        "utterance_id": Column(TEXT, "as in the target's manifest"),
        "speaker_id": Column(TEXT, "as in the target's manifest"),
        "sex": Column(TEXT, "as in the target's manifest", nullable=True),
        "label": Column(TEXT, "class of the utterance in the scheme; none for a tied vote, say", nullable=True),
        "predicted": Column(TEXT, "class with the highest probability; none if classes were not asked", nullable=True),
        "probabilities": Column(NUMBERS, "of the scheme's classes in alphabetical order; they sum to 1", nullable=True),
        "truth": Column(
            NUMBERS,
            "soft: shares of the raters' votes, of the same classes; dimensional: valence, arousal, dominance (0 to 1)",
            nullable=True,
        ),
        "values": Column(NUMBERS, "dimensional: the predicted valence, arousal, dominance, 0 to 1", nullable=True),
        "logits": Column(
            NUMBERS,
            "the network's outputs, before softmax or the logistic function; none in another scheme",
            nullable=True,
        ),
        "source_origin": Column(TEXT, "recorded speech, or synthetic stand-ins", allowed=ORIGIN),
        "target_origin": Column(TEXT, "recorded speech, or synthetic stand-ins", allowed=ORIGIN),
    },
)


def predictions_of(answers: pl.DataFrame, **constants: str | int) -> pl.DataFrame:
    """PREDICTIONS rows. answers: rows as tasks give them; constants: the other columns."""
    rows = answers.with_columns(
        *[pl.lit(value).cast(PREDICTIONS.schema[name]).alias(name) for name, value in constants.items()]
    )
    return rows.select(list(PREDICTIONS.columns))
