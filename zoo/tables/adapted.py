"""What methods answered about other corpora: predictions on the target as it is, and counts in every condition."""

import polars as pl

from zoo.tables.predictions import ORIGIN, PREDICTIONS
from zoo.tables.table import Column, Table

TEXT, WHOLE, WHOLES = pl.String(), pl.Int64(), pl.List(pl.Int64())
PREDICTED, COUNTED = "predictions.parquet", "counts.parquet"  # files of the two tables
AS_IS = "as_is"  # the condition of the target as it was recorded, all of it
_METHOD = {
    "method": Column(TEXT, "name of the method in the study"),
    "rung": Column(WHOLE, "of the ladder, 0 to 5"),
    "control": Column(pl.Boolean(), "whether it stands beside the ladder"),
    "draw": Column(WHOLE, "number of the draw of what is seen or tested, 0 and up"),
}

ADAPTED = Table(
    name="adapted predictions",
    row="a method's prediction for an utterance of the target as it is",
    key=("model", "source", "target", "method", "draw", "utterance_id"),
    columns={
        **{name: PREDICTIONS.columns[name] for name in ("model", "source", "target")},
        **_METHOD,
        **{
            name: PREDICTIONS.columns[name]
            for name in ("sights", "scheme", "utterance_id", "speaker_id", "sex", "label", "predicted", "probabilities")
        },
        "source_origin": PREDICTIONS.columns["source_origin"],
        "target_origin": PREDICTIONS.columns["target_origin"],
    },
)

COUNTS = Table(
    name="counts of methods",
    row="what a speaker of the target said in one elicitation and language, as a method answered in a condition",
    key=("model", "source", "target", "method", "condition", "draw", "speaker_id", "elicitation", "language"),
    columns={
        **{name: PREDICTIONS.columns[name] for name in ("model", "source", "target")},
        **_METHOD,
        "condition": Column(TEXT, f"'{AS_IS}', or the stress: see zoo/scoring/stress.py"),
        "sights": PREDICTIONS.columns["sights"],
        "scheme": PREDICTIONS.columns["scheme"],
        "speaker_id": PREDICTIONS.columns["speaker_id"],
        "sex": PREDICTIONS.columns["sex"],
        "elicitation": Column(TEXT, "of the counted utterances, as in the target's manifest"),
        "language": Column(TEXT, "of the counted utterances, as in the target's manifest"),
        "classes": Column(pl.List(pl.String()), "of the counts, in alphabetical order"),
        "counts": Column(WHOLES, "utterances by label (rows) and predicted class (columns), row after row"),
        "source_origin": Column(TEXT, "recorded speech, or synthetic stand-ins", allowed=ORIGIN),
        "target_origin": Column(TEXT, "recorded speech, or synthetic stand-ins", allowed=ORIGIN),
    },
)
