"""The leaderboard of a corpus: baselines first, then models by UAR, each with its difference to the best."""

from dataclasses import dataclass

import polars as pl

from zoo.evaluation.baselines import CHANCE, MAJORITY
from zoo.evaluation.comparison import Difference, all_pairs
from zoo.evaluation.counting import count_by_speaker, occurring
from zoo.reporting.results import Results, Row, with_interval
from zoo.tables.predictions import RELEASE

BASELINES = (CHANCE, MAJORITY, "statistics")
ALPHA = 0.05


@dataclass(frozen=True)
class Line:
    """A line of a leaderboard. uar, macro_f1: rows of the scores (None where there is no such figure).

    to_best: the UAR minus the best one's, its p-value corrected for all pairs; None for the best and for chance.
    """

    model: str
    uar: Row
    macro_f1: Row | None
    is_best: bool
    to_best: Difference | None

    @property
    def is_baseline(self) -> bool:
        """Whether this is a baseline, which a model must beat."""
        return self.model in BASELINES

    @property
    def comparison(self) -> str:
        """The difference to the best as text."""
        if self.is_best:
            return "best"
        if self.to_best is None:
            return "–"
        if self.to_best.p is None:
            return f"{self.to_best.value:+.3f}, too few speakers to compare"
        p = "p < 0.001" if self.to_best.p < 0.001 else f"p = {self.to_best.p:.3f}"
        result = "worse" if self.to_best.p < ALPHA else "no significant difference"
        return f"{self.to_best.value:+.3f}, {result} ({p})"

    @property
    def cells(self) -> tuple[str, str, str, str]:
        """The line as text: name, UAR with interval, macro F1, difference to the best."""
        name = f"{self.model} (baseline)" if self.is_baseline else self.model
        macro = "–" if self.macro_f1 is None else with_interval(self.macro_f1)
        return name, with_interval(self.uar), macro, self.comparison


COLUMNS = ("model", "UAR", "macro F1", "against the best")


def leaderboard(results: Results, corpus: str) -> list[Line]:
    """The lines of a corpus. The best is the model with the highest UAR; it may be the baseline `statistics`."""
    overall = results.within(corpus).filter(group="all")
    uars = {row["model"]: row for row in overall.filter(metric="uar").iter_rows(named=True)}
    macros = {row["model"]: row for row in overall.filter(metric="macro_f1").iter_rows(named=True)}
    models = sorted(
        (name for name in uars if name not in (CHANCE, MAJORITY)), key=lambda name: (-_value(uars[name]), name)
    )
    order = [name for name in BASELINES if name in uars] + [name for name in models if name not in BASELINES]
    best = models[0] if models else None
    differences = _differences(results, corpus, best) if best else {}
    return [Line(name, uars[name], macros.get(name), name == best, differences.get(name)) for name in order]


def best_of(lines: list[Line]) -> str:
    """The model with the highest UAR."""
    return next(line.model for line in lines if line.is_best)


def _value(row: Row) -> float:
    return float(row["value"]) if row["value"] is not None else -1.0


def _differences(results: Results, corpus: str, best: str) -> dict[str, Difference]:
    """Every other model's UAR minus the best one's; corrected for all pairs, since the best was chosen among them."""
    ours = results.predictions.filter(
        (pl.col("source") == corpus) & (pl.col("target") == corpus) & (pl.col("fold") != RELEASE)
    )
    classes = occurring(ours)
    parts = ours.partition_by("model", as_dict=True, maintain_order=True)
    others = {str(name): part for (name,), part in parts.items() if name != best}
    per_speaker = {name: count_by_speaker(part, classes) for name, part in {**others, best: parts[best,]}.items()}
    pairs = all_pairs(per_speaker, results.study.evaluate.confidence)
    return {name: found for (name, other), found in pairs.items() if other == best}
