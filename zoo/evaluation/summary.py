"""The main figures of a study: metrics.json, which `dvc metrics show` compares."""

import json
from typing import Any

import polars as pl


def summary(scores: pl.DataFrame, cross_scheme: str) -> dict[str, Any]:
    """UAR with its interval and macro F1, nested by training and test corpus.

    `within`: CORPUS, ARCHITECTURE, in the scheme that the models were trained in.
    `cross`: "train=A test=B", ARCHITECTURE, in the cross scheme, with A = B for comparison.
    Figures that do not exist are left out.
    """
    overall = scores.filter((pl.col("group") == "all") & pl.col("metric").is_in(["uar", "macro_f1"]))
    same = pl.col("source") == pl.col("target")
    within: dict[str, Any] = {}
    for row in overall.filter(same & (pl.col("mode") == "trained")).iter_rows(named=True):
        _add(within.setdefault(row["source"], {}), row)
    cross: dict[str, Any] = {}
    for row in overall.filter(pl.col("scheme") == cross_scheme).iter_rows(named=True):
        _add(cross.setdefault(f"train={row['source']} test={row['target']}", {}), row)
    return {"within": within, "cross": cross}


def as_json(figures: dict[str, Any]) -> str:
    """The figures as text: sorted, so that equal figures are equal bytes."""
    return json.dumps(figures, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _add(place: dict[str, Any], row: dict[str, Any]) -> None:
    figures = place.setdefault(row["model"], {})
    names = {"uar": {"value": "uar", "low": "low", "high": "high"}, "macro_f1": {"value": "macro_f1"}}
    for column, name in names[row["metric"]].items():
        if row[column] is not None:
            figures[name] = round(row[column], 6)
