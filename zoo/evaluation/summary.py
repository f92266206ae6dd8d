"""The main figures of a study: metrics.json, which `dvc metrics show` compares."""

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
    Figures that do not exist are left out.
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
        columns = {
            "value": row["metric"],
            "low": _end(row, "low"),
            "high": _end(row, "high"),
            "p_holm": _end(row, "p_holm"),
        }
        figures |= {name: round(row[column], 6) for column, name in columns.items() if row[column] is not None}
    return {"within": within, "cross": cross, "differences": compared}


def as_json(figures: dict[str, Any]) -> str:
    """The figures as text: sorted, so that equal figures are equal bytes."""
    return json.dumps(figures, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _add(place: dict[str, Any], row: dict[str, Any]) -> None:
    figures = place.setdefault(row["model"], {})
    columns = {"value": row["metric"]}
    if row["metric"] in HEADLINES:
        columns |= {"low": _end(row, "low"), "high": _end(row, "high")}
    figures |= {name: round(row[column], 6) for column, name in columns.items() if row[column] is not None}


def _end(row: dict[str, Any], name: str) -> str:
    """The key of an end of an interval; a model may answer several tasks."""
    return name if row["metric"] == HEADLINE["categorical"] else f"{row['metric']}_{name}"
