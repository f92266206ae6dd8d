"""The results that the report is made from, and the formatting of its figures.

Everything but the manifests is in reports/STUDY, which git keeps: a page can be made without the pipeline's outputs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from zoo.reporting import marks, method_results
from zoo.reporting.method_results import MethodResults
from zoo.study.study import POOLS, Study
from zoo.tables import costs, differences, gain_figures, leak, search, selection_debt
from zoo.tables.folds import MARK, SPEAKER_DEPENDENT
from zoo.tables.manifest import MANIFEST
from zoo.tables.predictions import PREDICTIONS, RELEASE, TASKS
from zoo.tables.scores import read_csv

Row = dict[str, Any]


@dataclass(frozen=True)
class Results:
    """All results of a study. manifests: by corpus or pool, those that are at hand; search, curves: empty without a
    search."""

    study: Study
    scores: pl.DataFrame
    differences: pl.DataFrame
    predictions: pl.DataFrame
    manifests: Mapping[str, pl.DataFrame]
    search: pl.DataFrame
    curves: pl.DataFrame
    costs: pl.DataFrame
    gain: pl.DataFrame
    debt: pl.DataFrame
    methods: MethodResults
    leak: pl.DataFrame

    @cached_property
    def tested(self) -> dict[str, pl.DataFrame]:
        """Of each corpus or pool, its tested utterances, one row each, with fold, scheme and protocol."""
        own = self.predictions.filter((pl.col("source") == pl.col("target")) & (pl.col("fold") != RELEASE)).sort(
            pl.col("task").cast(pl.Enum(TASKS)), maintain_order=True
        )
        return {
            name: own.filter(source=name).unique("utterance_id", keep="first").sort("utterance_id")
            for name in self.study.sources
        }

    @property
    def synthetic(self) -> list[str]:
        """The corpora that are synthetic stand-ins."""
        origins = dict(self.predictions.select("target", "target_origin").unique().iter_rows())
        return [name for name in self.study.sources if origins.get(name) == "synthetic"]

    @property
    def best(self) -> dict[str, dict[str, Any]]:
        """corpus -> dev measure -> the model with the best nested dev score (`best`) and all scores (`dev_scores`)."""
        found: dict[str, dict[str, Any]] = {}
        for row in self.search.iter_rows(named=True):
            of = found.setdefault(row["corpus"], {}).setdefault(row["measure"], {"best": None, "dev_scores": {}})
            of["dev_scores"][row["model"]] = row["dev_score"]
            if row["is_best"]:
                of["best"] = row["model"]
        return found

    def within(self, corpus: str) -> pl.DataFrame:
        """The scores of models on the corpus that they were trained on, in the scheme they were trained in."""
        return self.scores.filter(source=corpus, target=corpus, mode="trained")

    def across(self, task: str, metric: str) -> pl.DataFrame:
        """An overall figure of every model on every corpus, in the scheme that is common to all.

        Of a pool, the figure of each corpus while it was left out of training. Numbers such as valence have no scheme:
        those within a corpus are of the scheme of its folds.
        """
        every = self.scores.filter(task=task, metric=metric)
        overall = every.filter(~pl.col("target").is_in(list(self.study.unions)), group="all")
        left_out = every.filter(pl.col("group").str.starts_with("corpus="))
        rows = pl.concat([overall, left_out.with_columns(pl.col("group").str.strip_prefix("corpus=").alias("target"))])
        if task == "dimensional":
            same = pl.col("source") == pl.col("target")
            return rows.filter(same | (pl.col("scheme") == self.study.cross_scheme))
        return rows.filter(scheme=self.study.cross_scheme)


def read(study: Study) -> Results:
    """Read a study's results. Raises ZooError naming what is missing."""
    reports = study.reports
    return Results(
        study,
        read_csv(reports / "scores.csv"),
        differences.read_csv(reports / "differences.csv"),
        PREDICTIONS.read(reports / "predictions.parquet"),
        {name: MANIFEST.read(path) for name in study.sources if (path := _manifest(study, name)).exists()},
        search.read_csv(reports / "search.csv"),
        search.read_curves(reports / "curves.parquet"),
        costs.read_csv(reports / "costs.csv"),
        gain_figures.read_csv(reports / "gain.csv"),
        selection_debt.read_csv(reports / "selection_debt.csv"),
        method_results.read(reports),
        leak.read_csv(path) if (path := reports / "leak.csv").exists() else leak.LEAK.frame([]),
    )


def _manifest(study: Study, name: str) -> Path:
    folder = study.derived / POOLS if name in study.unions else study.derived
    return folder / "manifest" / f"{name}.parquet"


def with_interval(row: Row | None) -> str:
    """A figure as text: `0.712 [0.655, 0.769] †`, without brackets if there is no interval, with the signs of its
    doubts."""
    if row is None or row["value"] is None:
        return "–"
    interval = "" if row["low"] is None else f" [{row['low']:.3f}, {row['high']:.3f}]"
    return f"{row['value']:.3f}{interval}{marks.signs(row)}"


def tested(results: Results, corpus: str) -> str:
    """On what a corpus's models are tested, in a few words."""
    if corpus in results.study.pools:
        return "each corpus in turn, left out of training"
    if knows_no_speakers(results, corpus):
        return f"other recordings, {MARK.upper()}: nobody knows whose"
    return "new speakers"


def knows_no_speakers(results: Results, corpus: str) -> bool:
    """Whether those who are tested may have been in training, since nobody knows who speaks in the corpus."""
    return corpus not in results.study.unions and results.tested[corpus]["protocol"][0] in SPEAKER_DEPENDENT


def number_of_speakers(number: int) -> str:
    """As in `of 10 speakers`; 0 where they are unknown."""
    return f"{number} speakers" if number else "unknown speakers"
