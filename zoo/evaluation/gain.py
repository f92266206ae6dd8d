"""What another gain changes: figures of the test predictions under it, and how many answers it changes."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from zoo import metrics
from zoo.evaluation.counting import NO_SPEAKERS, by_speaker
from zoo.evaluation.intervals import Estimate, jackknife
from zoo.evaluation.scores import score
from zoo.study.exploration import Exploration, explored
from zoo.tables.gain_figures import CHANGED, GAIN_FIGURES
from zoo.tables.predictions import PREDICTIONS

PER_CLASS = "recall"


def gain_figures(
    predictions: pl.DataFrame,
    gained: pl.DataFrame,
    study: str,
    confidence: float,
    exploration: Mapping[str, Exploration] | None = None,
) -> pl.DataFrame:
    """The figures (see zoo.tables.gain_figures) of all models and conditions: the headline metric of the task, the
    recall of every class, and the share of utterances whose class is another one than as recorded.

    predictions: of the folds, as recorded. gained: a GAIN frame.
    """
    rows: list[dict[str, Any]] = []
    for (condition,), part in sorted(gained.partition_by("condition", as_dict=True).items()):
        answers = part.drop("condition")
        wanted = [*metrics.HEADLINE.values(), PER_CLASS]
        found = score(answers, study, confidence, exploration).filter(
            pl.col("metric").is_in(wanted),
            (pl.col("group") == "all") | pl.col("group").str.starts_with("class="),
            pl.col("model").is_in(answers["model"].unique().to_list()),
        )
        rows += (row | {"condition": condition} for row in found.iter_rows(named=True))
        for own in answers.partition_by("model", "source", "task"):
            if own["predicted"].null_count() < len(own):
                first = own.row(0, named=True) | {"study": study, "condition": condition}
                rows.append(first | _changed(predictions, own, confidence, exploration or {}, first["source"]))
    known = [{name: row[name] for name in GAIN_FIGURES.columns} for row in rows]
    return GAIN_FIGURES.check(GAIN_FIGURES.frame(known), "gain")


def _changed(
    predictions: pl.DataFrame,
    gained: pl.DataFrame,
    confidence: float,
    exploration: Mapping[str, Exploration],
    target: str,
) -> dict[str, Any]:
    """The share of utterances with another predicted class, as a row: one minus the accuracy with which the answers as
    recorded are met."""
    before = predictions.select(*PREDICTIONS.key, pl.col("predicted").alias("before"))
    met = gained.join(before, on=PREDICTIONS.key, how="left", maintain_order="left")
    found = by_speaker(met.with_columns(pl.col("before").alias("label")).select(_NEEDED))
    accuracy = metrics.get("accuracy")
    same = jackknife(found.sums(accuracy), accuracy, confidence)
    share = _complement(same)
    return {
        "metric": CHANGED,
        "group": "all",
        "value": share.value,
        "low": share.low,
        "high": share.high,
        "interval": NO_SPEAKERS if found.anonymous else share.how,
        "num_utterances": found.num_utterances,
        "num_speakers": 0 if found.anonymous else len(found.speakers),
        "num_seeds": len(found.seeds),
        "exploration": explored(exploration, target, found.speakers),
    }


_NEEDED = ("utterance_id", "speaker_id", "sex", "seed", "label", "predicted")


def _complement(found: Estimate) -> Estimate:
    def of(value: float | None) -> float | None:
        return None if value is None else 1 - value

    return Estimate(of(found.value), of(found.high), of(found.low), found.error, found.how)
