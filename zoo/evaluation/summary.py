"""The main figures of a study: metrics.json with all, and metrics/MODEL.json, which `dvc metrics show` prints."""

import json
from typing import Any

import polars as pl

from zoo.metrics import HEADLINE

HEADLINES = tuple(HEADLINE.values())


def summary(scores: pl.DataFrame, differences: pl.DataFrame, cross_scheme: str) -> dict[str, Any]:
    """The headline of each task with its interval and macro F1, nested by training and test corpus.

    `within`: CORPUS, MODEL, in the scheme that the models were trained in.
    `cross`: "train=A test=B", MODEL, in the cross scheme, with A = B for comparison.
    `differences`: CORPUS, "MODEL minus MODEL", the paired difference of the headline within the corpus with its
    interval and Holm's p.
    Beside an interval stands `exploration`: what choices have seen of its speakers. What does not exist is left out.
    """
    overall = scores.filter((pl.col("group") == "all") & pl.col("metric").is_in([*HEADLINES, "macro_f1"]))
    same = pl.col("source") == pl.col("target")
    within: dict[str, Any] = {}
    for row in overall.filter(same & (pl.col("mode") == "trained")).iter_rows(named=True):
        _add(within.setdefault(row["source"], {}), row)
    cross: dict[str, Any] = {}
    for row in overall.filter(pl.col("scheme") == cross_scheme).iter_rows(named=True):
        _add(cross.setdefault(f"train={row['source']} test={row['target']}", {}), row)
    compared: dict[str, Any] = {}
    for row in differences.filter(same & (pl.col("mode") == "trained")).iter_rows(named=True):
        figures = compared.setdefault(row["source"], {}).setdefault(f"{row['first']} minus {row['second']}", {})
        figures |= _known(row, "low", "high", "p_holm", "exploration")
    return {"within": within, "cross": cross, "differences": compared}


def headlines(scores: pl.DataFrame) -> dict[str, dict[str, float]]:
    """Of each model: the headline on new speakers of each corpus, with three digits, so that a terminal shows all.

    Of another task than categorical, the corpus's name is followed by that of the task.
    """
    shown = scores.filter(
        pl.col("source") == pl.col("target"), pl.col("metric").is_in(HEADLINES), group="all", mode="trained"
    ).filter(pl.col("metric") == pl.col("task").replace_strict(HEADLINE), pl.col("value").is_not_null())
    found: dict[str, dict[str, float]] = {}
    for row in shown.iter_rows(named=True):
        place = row["source"] if row["task"] == "categorical" else f"{row['source']} {row['task']}"
        found.setdefault(row["model"], {})[place] = round(row["value"], 3)
    return found


def as_json(figures: dict[str, Any]) -> str:
    """The figures as text: sorted, so that equal figures are equal bytes."""
    return json.dumps(figures, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _add(place: dict[str, Any], row: dict[str, Any]) -> None:
    figures = place.setdefault(row["model"], {})
    figures |= _known(row, *(("low", "high", "exploration") if row["metric"] in HEADLINES else ()))


def _known(row: dict[str, Any], *beside: str) -> dict[str, Any]:
    """A row's figure under its metric's name and the columns that stand beside it, numbers with six decimals.

    A model may answer several tasks: beside other figures than the UAR the columns' names start with the metric's.
    """
    prefix = "" if row["metric"] == HEADLINE["categorical"] else f"{row['metric']}_"
    columns = {"value": row["metric"]} | {name: f"{prefix}{name}" for name in beside}
    known = {key: row[column] for column, key in columns.items() if row[column] is not None}
    return {key: round(content, 6) if isinstance(content, float) else content for key, content in known.items()}
