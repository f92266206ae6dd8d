"""What a study's report folder holds about methods across corpora, in the order in which a page shows it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from zoo.reporting import ledger
from zoo.study.cross import SOURCE_ONLY
from zoo.tables import embeddings, human_ceiling, method_differences, method_ranks, method_tests, methods
from zoo.tables.adapted import AS_IS
from zoo.tables.table import Table

Row = dict[str, Any]
Cell = tuple[str, str]  # source, target


@dataclass(frozen=True)
class Named:
    """A method as a page names it."""

    name: str
    rung: int
    control: bool
    sights: str


@dataclass(frozen=True)
class MethodResults:
    """The tables; all are empty for a study without methods."""

    figures: pl.DataFrame
    differences: pl.DataFrame
    ranks: pl.DataFrame
    tests: pl.DataFrame
    embeddings: pl.DataFrame
    ceiling: pl.DataFrame

    @cached_property
    def methods(self) -> list[Named]:
        """All methods: by what they see, then by rung and name; never by their figures."""
        rows = self.figures.select("method", "rung", "control", "sights").unique()
        found = [Named(*row) for row in rows.iter_rows()]
        return sorted(found, key=lambda one: (ledger.order(one.sights), one.control, one.rung, one.name))

    @property
    def by_sights(self) -> dict[str, list[Named]]:
        """The methods that see the same: lists of their own, since the others saw more or less."""
        return {
            sights: [one for one in self.methods if one.sights == sights]
            for sights in dict.fromkeys(one.sights for one in self.methods)
        }

    @property
    def models(self) -> list[str]:
        """The models, in alphabetical order."""
        return sorted(set(self.figures["model"]))

    def cells(self, model: str) -> list[Cell]:
        """Source and target of every cell of a model: first of single corpora, then of several together."""
        cells = self.figures.filter(model=model).select("source", "target").unique().rows()
        single = {target for _, target in cells}
        return sorted(cells, key=lambda cell: (cell[0] not in single, cell))

    def row(self, model: str, cell: Cell, method: str, condition: str = AS_IS, group: str = "all") -> Row | None:
        """The UAR of a method in a cell; None if there is none."""
        return self._by_place.get((model, *cell, method, condition, group))

    def gain(self, model: str, cell: Cell, method: str) -> Row | None:
        """The difference of a method to source_only in a cell; None if there is none."""
        return self._gains.get((model, *cell, method))

    def conditions(self, model: str) -> list[str]:
        """The stresses of a model: few utterances seen, by number, then the others."""
        found = set(self.figures.filter(model=model)["condition"]) - {AS_IS}
        return sorted(found, key=lambda name: (size_of(name) is None, size_of(name) or 0, _PLACE.get(name, 9), name))

    @cached_property
    def _by_place(self) -> dict[tuple[str, ...], Row]:
        rows = self.figures.filter(metric="uar").iter_rows(named=True)
        return {
            (row["model"], row["source"], row["target"], row["method"], row["condition"], row["group"]): row
            for row in rows
        }

    @cached_property
    def _gains(self) -> dict[tuple[str, ...], Row]:
        rows = self.differences.filter(family=method_differences.AGAINST_SOURCE_ONLY, second=SOURCE_ONLY)
        return {(row["model"], row["source"], row["target"], row["first"]): row for row in rows.iter_rows(named=True)}


_PLACE = {"skewed": 0, "absent": 1, "one_emotion": 2}


def size_of(condition: str) -> int | None:
    """How many utterances are seen in a condition such as few=8; None for others."""
    name, _, number = condition.partition("=")
    return int(number) if name == "few" else None


def read(folder: Path) -> MethodResults:
    """Those of a report folder; tables that are not there are empty."""
    return MethodResults(
        _read(methods.METHODS, methods.read_csv, folder / "methods.csv"),
        _read(method_differences.METHOD_DIFFERENCES, method_differences.read_csv, folder / "method_differences.csv"),
        _read(method_ranks.METHOD_RANKS, method_ranks.read_csv, folder / "method_ranks.csv"),
        _read(method_tests.METHOD_TESTS, method_tests.read_csv, folder / "method_tests.csv"),
        embeddings.read(folder / embeddings.FILE),
        human_ceiling.read_csv(folder / human_ceiling.FILE),
    )


def _read(table: Table, read_csv: Callable[[Path], pl.DataFrame], path: Path) -> pl.DataFrame:
    return read_csv(path) if path.exists() else table.frame([])


def known(rows: Iterable[Row | None]) -> list[Row]:
    """The rows that have a figure."""
    return [row for row in rows if row is not None and row["value"] is not None]
