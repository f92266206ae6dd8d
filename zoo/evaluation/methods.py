"""Figures of methods against the difference between corpora, in every cell and condition, from their counts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from zoo.evaluation.counting import NO_SPEAKERS
from zoo.evaluation.gap import gap
from zoo.evaluation.intervals import Estimate, jackknife, too_few
from zoo.evaluation.method_counts import Cell, Counted, Speakers, cells, paired, tested, usable
from zoo.metrics.confusion import MACRO_F1, UAR
from zoo.metrics.contract import Metric, Sums
from zoo.study.exploration import Exploration, explored
from zoo.tables.adapted import AS_IS
from zoo.tables.methods import LOSS, METHODS, SEX_GAP

FEMALE, MALE = "sex=female", "sex=male"
Row = dict[str, Any]


def method_figures(
    counts: pl.DataFrame, study: str, confidence: float, exploration: Mapping[str, Exploration] | None = None
) -> pl.DataFrame:
    """The figures (see zoo.tables.methods) of a COUNTS frame.

    A figure is the mean of the draws' figures; its interval is over the target's speakers, each left out of all draws.
    exploration: by corpus, what choices have seen of its speakers before; figures of these say so.
    Raises ZooError where a method and source_only answered about different utterances.
    """
    rows = [
        {"study": study} | row
        for cell in cells(counts)
        for counted in cell.counted.values()
        for row in _Figures(cell, counted, confidence, exploration or {}).rows()
    ]
    return METHODS.check(METHODS.frame(rows), "methods")


@dataclass(frozen=True)
class _Figures:
    """Of one method in one condition, as rows of the table."""

    cell: Cell
    counted: Counted
    confidence: float
    exploration: Mapping[str, Exploration]

    def rows(self) -> Iterator[Row]:
        everyone = np.ones(len(self.cell.speakers), bool)
        yield self._row(UAR, "all", everyone) | self._loss()
        yield self._row(MACRO_F1, "all", everyone)
        if self.counted.facts["condition"] != AS_IS:
            return
        for group, who in self.cell.groups.items():
            for metric in (UAR, MACRO_F1):
                yield self._row(metric, group, who)
        if FEMALE in self.cell.groups and MALE in self.cell.groups:
            yield self._sex_gap()

    def _row(self, metric: Metric, group: str, who: Speakers) -> Row:
        sums = self._of(who)
        found = jackknife(sums, metric, self.confidence) if len(sums) else _NONE
        return self._described(metric, group, found, sums, who)

    def _sex_gap(self) -> Row:
        female, male = self.cell.groups[FEMALE], self.cell.groups[MALE]
        found = gap(self._of(female), self._of(male), self.confidence, UAR)
        return self._described(UAR, SEX_GAP, found, self._of(female | male), female | male)

    def _of(self, who: Speakers) -> Sums:
        """The sums of some speakers, in the draws to average over."""
        own = self.counted.sums[:, who]
        return own[usable(own)]

    def _loss(self) -> Row:
        condition = self.counted.facts["condition"]
        plain = self.cell.source_only(condition)
        if condition == AS_IS or plain is None:
            return {}
        before, after = (UAR.figure(sums.sum(axis=1)).mean() for sums in paired(self.cell, plain, self.counted))
        return {"loss": float(before - after), "loses": bool(before - after > LOSS)}

    def _described(self, metric: Metric, group: str, found: Estimate, sums: Sums, who: Speakers) -> Row:
        ever = np.zeros(len(who), bool)
        ever[who] = tested(self.counted.sums[:, who]).any(axis=0)
        without_names = self.cell.anonymous and found.how == too_few(1)
        return {
            **self.counted.facts,
            "metric": metric.name,
            "group": group,
            "value": found.value,
            "low": found.low,
            "high": found.high,
            "interval": NO_SPEAKERS if without_names else found.how,
            "num_utterances": round(float(sums.sum() / max(1, len(sums)))),
            "num_speakers": 0 if self.cell.anonymous else int(ever.sum()),
            "num_draws": len(sums),
            "exploration": explored(self.exploration, self.cell.facts["target"], self.cell.named(ever)),
        }


_NONE = Estimate(None, None, None, None, "none: no utterances")
