"""The figures of a card: a model's rows of the scores, and its differences to the study's other models."""

from dataclasses import dataclass

import polars as pl

from zoo import metrics
from zoo.releases.card import PROCEDURE, Compared, Score, Scores


@dataclass(frozen=True)
class Tables:
    """Of a study: scores.csv and differences.csv."""

    scores: pl.DataFrame
    differences: pl.DataFrame


def scores_of(tables: Tables, model: str, corpus: str) -> Scores:
    """What a card says of a model of a corpus: every overall figure, and each comparison within the corpus."""
    order = _order()
    mine = tables.scores.filter(
        (pl.col("model") == model)
        & (pl.col("source") == corpus)
        & (pl.col("group") == "all")
        & pl.col("metric").is_in(order)
    )
    rows = [Score(**{key: row[key] for key in Score.model_fields}) for row in mine.to_dicts()]
    rows.sort(key=lambda score: (score.target, score.task, order.index(score.metric), score.scheme))
    return Scores(
        note=PROCEDURE,
        within=[score for score in rows if score.target == corpus and score.mode == "trained"],
        cross=[score for score in rows if score.target != corpus],
        differences=_compared(tables.differences, model, corpus),
    )


def _order() -> list[str]:
    """The names of metrics that are one figure: headlines first, then as their files list them."""
    names = [metric.name for metric in metrics.every() if not metric.per_class]
    first = list(metrics.HEADLINE.values())
    return [*first, *(name for name in names if name not in first)]


def _compared(table: pl.DataFrame, model: str, corpus: str) -> list[Compared]:
    """The comparisons with each other model, this one first."""
    ours = table.filter(source=corpus, target=corpus, mode="trained").drop_nulls("value")
    found = []
    for row in ours.filter((pl.col("first") == model) | (pl.col("second") == model)).iter_rows(named=True):
        value, low, high = row["value"], row["low"], row["high"]
        if row["second"] == model:
            value, low, high = -value, None if high is None else -high, None if low is None else -low
        found.append(
            Compared(
                task=row["task"],
                metric=row["metric"],
                other=row["first"] if row["second"] == model else row["second"],
                value=value,
                low=low,
                high=high,
                p=row["p_holm"],
                how=row["how"],
            )
        )
    return sorted(found, key=lambda one: (one.task, one.other))
