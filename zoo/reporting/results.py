"""The results that the report is made from, and the formatting of its figures."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from zoo.errors import ZooError
from zoo.study.study import Study
from zoo.tables import costs, differences, gain_figures, selection_debt
from zoo.tables.folds import MARK, SPEAKER_DEPENDENT, dependent
from zoo.tables.predictions import PREDICTIONS
from zoo.tables.scores import read_csv
from zoo.tables.trials import TRIALS
from zoo.training import source

Row = dict[str, Any]


@dataclass(frozen=True)
class Results:
    """All results of a study. manifests, folds: by corpus or pool; trials: empty without a search.

    best: corpus -> dev measure -> the model with the best nested dev score (`best`) and all scores (`dev_scores`)."""

    study: Study
    scores: pl.DataFrame
    differences: pl.DataFrame
    predictions: pl.DataFrame
    manifests: dict[str, pl.DataFrame]
    folds: dict[str, pl.DataFrame]
    trials: pl.DataFrame
    best: dict[str, Any]
    costs: pl.DataFrame
    gain: pl.DataFrame
    debt: pl.DataFrame

    @property
    def synthetic(self) -> list[str]:
        """The corpora that are synthetic stand-ins."""
        return [name for name, rows in self.manifests.items() if "synthetic" in rows["origin"]]

    def within(self, corpus: str) -> pl.DataFrame:
        """The scores of models on the corpus that they were trained on, in the scheme they were trained in."""
        return self.scores.filter(source=corpus, target=corpus, mode="trained")

    def across(self, task: str, metric: str) -> pl.DataFrame:
        """An overall figure of every model on every corpus, in the scheme that is common to all.

        Of a pool, the figure of each corpus while it was left out of training. Numbers such as valence have no scheme:
        those within a corpus are of the scheme of its folds.
        """
        every = self.scores.filter(task=task, metric=metric)
        overall = every.filter(~pl.col("target").is_in(list(self.study.pools)), group="all")
        left_out = every.filter(pl.col("group").str.starts_with("corpus="))
        rows = pl.concat([overall, left_out.with_columns(pl.col("group").str.strip_prefix("corpus=").alias("target"))])
        if task == "dimensional":
            same = pl.col("source") == pl.col("target")
            return rows.filter(same | (pl.col("scheme") == self.study.cross_scheme))
        return rows.filter(scheme=self.study.cross_scheme)


def read(study: Study) -> Results:
    """Read a study's results. Raises ZooError naming what is missing."""
    derived, reports = study.derived, study.reports
    trials = derived / "trials.parquet"
    scores = read_csv(reports / "scores.csv")
    sources = {name: source.read(study, name) for name in study.sources}
    return Results(
        study,
        scores,
        differences.read_csv(reports / "differences.csv"),
        PREDICTIONS.read(reports / "predictions.parquet"),
        {name: one.manifest for name, one in sources.items()},
        {name: one.folds for name, one in sources.items()},
        TRIALS.read(trials) if trials.exists() else TRIALS.frame([]),
        _best(derived / "best.json"),
        costs.read_csv(reports / "costs.csv"),
        gain_figures.read_csv(reports / "gain.csv"),
        selection_debt.read_csv(reports / "selection_debt.csv"),
    )


def _best(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise ZooError(f"{path} is missing or not readable", "run `dvc repro` to make it again") from error


def with_interval(row: Row | None) -> str:
    """A figure as text: `0.712 [0.655, 0.769]`, without brackets if there is no interval. It says `speaker-dependent`
    if its speakers may have been in training, and `post-exploration` if choices have seen figures of them before."""
    if row is None or row["value"] is None:
        return "–"
    interval = "" if row["low"] is None else f" [{row['low']:.3f}, {row['high']:.3f}]"
    return f"{row['value']:.3f}{interval}{dependent(row.get('protocol'))}{seen(row)}"


def seen(row: Row) -> str:
    """`post-exploration` after a figure, if choices have seen figures of its speakers before."""
    return " post-exploration" if row["exploration"] else ""


def tested(results: Results, corpus: str) -> str:
    """On what a corpus's models are tested, in a few words."""
    if corpus in results.study.pools:
        return "each corpus in turn, left out of training"
    if results.folds[corpus]["protocol"][0] in SPEAKER_DEPENDENT:
        return f"other recordings, {MARK.upper()}: nobody knows whose"
    return "new speakers"


def number_of_speakers(number: int) -> str:
    """As in `of 10 speakers`; 0 where they are unknown."""
    return f"{number} speakers" if number else "unknown speakers"
