"""What a selection with the test speakers in view is worth: as published minus nested, speaker by speaker."""

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from zoo import metrics
from zoo.evaluation.comparison import Difference, difference
from zoo.evaluation.counting import BySpeaker, by_speaker, occurring
from zoo.evaluation.intervals import Estimate, jackknife
from zoo.study.exploration import explored
from zoo.study.model import Published
from zoo.study.study import Study
from zoo.tables.predictions import RELEASE
from zoo.tables.selection_debt import FIGURES, SELECTION_DEBT

SEEN = "its configuration was chosen by the figures of these speakers, its features standardised by them"
SEED = "its configuration and its seed were chosen by the figures of these speakers, its features standardised by them"
Row = dict[str, Any]


def selection_debt(
    study: Study, predictions: pl.DataFrame, told: Mapping[tuple[str, str], pl.DataFrame]
) -> pl.DataFrame:
    """The selection debt (see zoo.tables.selection_debt) of all models that are selected as published.

    predictions: of the nested models. told: AS_PUBLISHED frames by model and corpus.
    """
    rows: list[Row] = []
    for (model, corpus), leaked in told.items():
        twin = study.as_published[model]
        clean = predictions.filter(pl.col("fold") != RELEASE, model=twin, source=corpus, target=corpus)
        for (task,), part in leaked.partition_by("task", as_dict=True, maintain_order=True).items():
            first = part.row(0, named=True)
            shared = {name: first[name] for name in ("task", "scheme", "protocol")}
            shared |= {"study": study.study, "corpus": corpus, "model": model, "twin": twin}
            shared |= {"origin": first["source_origin"]}
            rows += (shared | row for row in _figures(study, model, corpus, part, clean.filter(task=task)))
    return SELECTION_DEBT.check(SELECTION_DEBT.frame(rows), "selection debt")


def _figures(study: Study, model: str, corpus: str, leaked: pl.DataFrame, clean: pl.DataFrame) -> Iterator[Row]:
    """The figures of a task."""
    task = leaked["task"][0]
    metric, confidence = metrics.headline(task), study.evaluate.confidence
    classes = tuple(sorted({*occurring(leaked), *occurring(clean)}))
    best, every, nested = (by_speaker(part, classes) for part in (leaked.filter("best"), leaked, clean))
    if not all(one.answers.has(metric.needs) for one in (best, every, nested)):
        return
    if (published := study.models[model].published) is not None and metric.name == "uar":
        yield from _reported(published)
    looked = explored(study.exploration, corpus, nested.speakers)
    for figure, found, seen in (
        ("as_published", best, SEED),
        ("as_published_mean", every, SEEN),
        ("nested", nested, looked),
    ):
        yield _row(metric.name, figure, jackknife(found.sums(metric), metric, confidence), found, seen)
    for figure, found, seen in (("debt", best, SEED), ("debt_of_mean", every, SEEN)):
        yield _row(metric.name, figure, difference(found, nested, confidence, metric), nested, seen)


def _reported(published: Published) -> Iterator[Row]:
    """What others report."""
    for figure, value in (("published", published.uar), ("published_mean", published.mean)):
        if value is not None:
            how = f"none: reported by {published.source}"
            yield {"metric": "uar", "figure": figure, "selection": FIGURES[figure], "value": value, "how": how}


def _row(metric: str, figure: str, of: Estimate | Difference, found: BySpeaker, exploration: str | None) -> Row:
    return {
        "metric": metric,
        "figure": figure,
        "selection": FIGURES[figure],
        **{name: getattr(of, name) for name in ("value", "low", "high", "how")},
        "p": of.p if isinstance(of, Difference) else None,
        "num_speakers": len(found.speakers),
        "num_seeds": len(found.seeds),
        "exploration": exploration,
    }
