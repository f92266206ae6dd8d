"""The figures of a card: a model's rows of the scores, and its differences to the study's other models."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from zoo import metrics
from zoo.project import top
from zoo.releases.card import PROCEDURE, ByMethod, Card, Compared, Score, Scores, UnderGain
from zoo.tables import differences, gain_figures, methods, scores
from zoo.tables.adapted import AS_IS
from zoo.tables.gain_figures import CHANGED


@dataclass(frozen=True)
class Tables:
    """Of a study: scores.csv and differences.csv, and where they are known best.json (zoo.tuning.best), gain.csv and
    methods.csv."""

    scores: pl.DataFrame
    differences: pl.DataFrame
    best: dict[str, Any] | None = None
    gain: pl.DataFrame = field(default_factory=lambda: gain_figures.GAIN_FIGURES.frame([]))
    methods: pl.DataFrame = field(default_factory=lambda: methods.METHODS.frame([]))


def read_tables(reports: Path, best: dict[str, Any] | None = None) -> Tables:
    """The tables in a study's folder of reports. Raises ZooError if scores or differences are missing."""
    gain = reports / "gain.csv"
    return Tables(
        scores.read_csv(reports / "scores.csv"),
        differences.read_csv(reports / "differences.csv"),
        best,
        gain_figures.read_csv(gain) if gain.is_file() else gain_figures.GAIN_FIGURES.frame([]),
        methods.read_csv(reports / "methods.csv"),
    )


def scores_of(tables: Tables, model: str, corpus: str) -> Scores:
    """What a card says of a model of a corpus: every overall figure, and each comparison within the corpus."""
    order = _order()
    mine = tables.scores.filter(
        (pl.col("model") == model) & (pl.col("source") == corpus) & pl.col("metric").is_in(order)
    )
    # of a pool, a corpus that was left out of training is a target of its own
    left_out = pl.col("group").str.starts_with("corpus=")
    target = pl.when(left_out).then(pl.col("group").str.strip_prefix("corpus=")).otherwise("target").alias("target")
    mine = mine.filter((pl.col("group") == "all") | left_out).with_columns(target)
    rows = [Score(**{key: row[key] for key in Score.model_fields}) for row in mine.to_dicts()]
    rows.sort(key=lambda score: (score.target, score.task, order.index(score.metric), score.scheme))
    return Scores(
        note=PROCEDURE,
        within=[score for score in rows if score.target == corpus and score.mode == "trained"],
        cross=[score for score in rows if score.target != corpus],
        differences=_compared(tables.differences, model, corpus),
        gain=_under_gain(tables.gain, model, corpus),
        best=_is_best((tables.best or {}).get(corpus, {}), model),
        methods=_by_method(tables.methods, model, corpus),
    )


def _is_best(measures: dict[str, Any], model: str) -> bool | None:
    """None where there is no other model with the same dev measure, or where that is not known."""
    own = [one for one in measures.values() if model in one["dev_scores"] and len(one["dev_scores"]) > 1]
    return own[0]["best"] == model if own else None


def refreshed(card: Card, folder: Path) -> Card:
    """The card with the figures of the study's present tables, which may have better intervals and say more.

    Only where they are of the same predictions: every figure of the card must be in them. For `upgrade`.
    """
    reports = top() / "reports" / card.study
    if not all((reports / name).is_file() for name in ("scores.csv", "differences.csv")):
        return card
    found = scores_of(read_tables(reports), card.release.model, card.release.corpus)
    values = {_place(score): score.value for score in [*found.within, *found.cross]}
    same = all(_close(score.value, values.get(_place(score))) for score in [*card.scores.within, *card.scores.cross])
    return card.model_copy(update={"scores": found.model_copy(update={"best": card.scores.best})}) if same else card


def _place(score: Score) -> tuple[str, ...]:
    return score.task, score.metric, score.target, score.scheme, score.mode, score.protocol


def _close(one: float | None, other: float | None) -> bool:
    return one == other or (one is not None and other is not None and abs(one - other) < 1e-6)


def _order() -> list[str]:
    """The names of metrics that are one figure: headlines first, then as their files list them."""
    names = [metric.name for metric in metrics.every() if not metric.per_class]
    first = list(metrics.HEADLINE.values())
    return [*first, *(name for name in names if name not in first)]


def _under_gain(table: pl.DataFrame, model: str, corpus: str) -> list[UnderGain]:
    mine = table.filter(pl.col("metric").is_in([CHANGED, *metrics.HEADLINE.values()]), model=model, source=corpus)
    mine = mine.filter(group="all").drop_nulls("value").sort("task", "metric", "condition")
    return [UnderGain(**{key: row[key] for key in UnderGain.model_fields}) for row in mine.iter_rows(named=True)]


def _by_method(table: pl.DataFrame, model: str, corpus: str) -> list[ByMethod]:
    """Each method on each target as it is, with the stresses under which it loses."""
    mine = table.filter(model=model, source=corpus, metric="uar", group="all")
    losses: dict[tuple[str, str], dict[str, float]] = {}
    for row in mine.filter(pl.col("loses")).sort("condition").iter_rows(named=True):
        losses.setdefault((row["target"], row["method"]), {})[row["condition"]] = row["loss"]
    own = set(ByMethod.model_fields) - {"losses"}
    return [
        ByMethod(**{key: row[key] for key in own}, losses=losses.get((row["target"], row["method"]), {}))
        for row in mine.filter(condition=AS_IS).sort("target", "rung", "method").iter_rows(named=True)
    ]


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
                exploration=row["exploration"],
            )
        )
    return sorted(found, key=lambda one: (one.task, one.other))
