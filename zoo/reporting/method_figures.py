"""Methods in pictures: train × test of each, gains in each cell, and UAR by the number of utterances seen."""

from collections.abc import Iterator, Mapping, Sequence
from statistics import fmean

import numpy as np
from markupsafe import Markup

from zoo.evaluation.baselines import CHANCE
from zoo.figures import methods as draw
from zoo.figures.methods import Gain
from zoo.figures.results import matrix
from zoo.reporting import ledger, marks
from zoo.reporting.leaderboard import ALPHA
from zoo.reporting.method_results import Cell, MethodResults, Named, known, size_of
from zoo.reporting.results import Results, Row
from zoo.study.cross import SOURCE_ONLY
from zoo.tables.adapted import AS_IS


def chance_of(results: Results) -> float:
    """The UAR of chance in the cross scheme."""
    rows = results.across("categorical", "uar").filter(model=CHANCE)["value"].drop_nulls()
    return float(rows[0]) if len(rows) else 0.0


def cell_name(cell: Cell) -> str:
    """As in `emodb → ravdess`."""
    return " → ".join(cell)


def heat_maps(results: Results, model: str, methods: Sequence[Named]) -> list[Markup]:
    """A matrix for each method: rows are what the model was trained on, columns the targets."""
    found, chance = results.methods, chance_of(results)
    cells = found.cells(model)
    corpora = [name for name in results.study.sources if name in {one for cell in cells for one in cell}]
    sources = [name for name in corpora if name in {source for source, _ in cells}]
    targets = [name for name in corpora if name in {target for _, target in cells}]
    return [_heat_map(found, model, method, sources, targets, chance, _synthetic(results)) for method in methods]


def _heat_map(
    found: MethodResults,
    model: str,
    method: Named,
    sources: Sequence[str],
    targets: Sequence[str],
    chance: float,
    synthetic: str,
) -> Markup:
    rows = [[found.row(model, (source, target), method.name) for target in targets] for source in sources]
    values, lows = (
        np.array([[_number(row, column) for row in line] for line in rows]).reshape(len(sources), len(targets))
        for column in ("value", "low")
    )
    doubts = marks.signs_of(row for line in rows for row in line if row is not None)
    said = ", ".join(
        f"{source} to {target} {value:.2f}"
        for source, line in zip(sources, values, strict=True)
        for target, value in zip(targets, line, strict=True)
        if not np.isnan(value)
    )
    what = f"rung {method.rung}{', a control' if method.control else ''}"
    title = f"{ledger.in_picture(method.name, method.sights)}{synthetic}{doubts}"
    drawn = matrix(
        title,
        [f"train={name}" for name in sources],
        [f"test={name}" for name in targets],
        values,
        lows,
        chance,
        strip=False,
    )
    alt = f"UAR of {model} with {method.name}, which sees {method.sights}: {said}; chance is {chance:.2f}"
    return marks.figure(drawn, f"{method.name}, {what}, sees {method.sights}.", alt)


def gain_figures(results: Results, model: str) -> Iterator[Markup]:
    """A figure a cell: every method minus source_only, on the same utterances; a group for those that see the same."""
    found = results.methods
    rows = {
        cell: {one: row for one in found.methods if (row := found.gain(model, cell, one.name)) and _has_value(row)}
        for cell in found.cells(model)
    }
    ends = [end for own in rows.values() for row in own.values() for end in (row["value"], *_bounds(row))]
    for cell, own in rows.items():
        if own:
            yield _gain_figure(results, model, cell, own, (min(0.0, *ends) - 0.03, max(0.0, *ends) + 0.03))


def _gain_figure(
    results: Results, model: str, cell: Cell, rows: Mapping[Named, Row], limits: tuple[float, float]
) -> Markup:
    lines = [
        Gain(ledger.in_picture(one.name, one.sights), one.sights, row["value"], _bounds(row) or None, is_certain(row))
        for one, row in rows.items()
    ]
    title = f"{cell_name(cell)}{_synthetic(results)}{marks.signs_of(rows.values())}"
    said = ", ".join(f"{one.name} {with_sign(row['value'])}" for one, row in rows.items())
    base = results.methods.row(model, cell, SOURCE_ONLY)
    start = f" from {base['value']:.2f}" if base and _has_value(base) else ""
    return marks.figure(
        draw.gains(title, lines, f"UAR minus that of {SOURCE_ONLY}", limits),
        f"{cell_name(cell)}: what each method adds{start}.",
        f"Gains of {model} from {cell[0]} to {cell[1]} over {SOURCE_ONLY}{start}: {said}",
    )


def _has_value(row: Row) -> bool:
    return row["value"] is not None


def _bounds(row: Row) -> tuple[float, float] | tuple[()]:
    return () if row["low"] is None else (row["low"], row["high"])


def is_certain(row: Row) -> bool:
    """Whether a difference is told apart from none, corrected for all of its cell."""
    return row["p_holm"] is not None and bool(row["p_holm"] < ALPHA)


def with_sign(value: float) -> str:
    """A difference with two decimals: `+0.05`, `−0.12`, `0.00`.

    >>> with_sign(0.05), with_sign(-0.12), with_sign(-0.001)
    ('+0.05', '−0.12', '0.00')
    """
    text = f"{value:+.2f}".replace("-", "−")
    return text[1:] if text[1:] == "0.00" else text


def seen_figures(results: Results, model: str) -> list[Markup]:
    """A figure for each method that is tried with few utterances: its UAR by how many it sees."""
    found = results.methods
    sizes = [name for name in found.conditions(model) if size_of(name) is not None]
    curves = {one: curve for one in found.methods if (curve := _curve(found, model, one, sizes)) is not None}
    every = [value for names, lines, base in curves.values() for line in (*lines, [base]) for value in line]
    if not every:
        return []
    limits = (max(0.0, min(every) - 0.05), max(every) + 0.1)  # room for the figures above the dots
    return [_seen_figure(results, model, one, curve, limits) for one, curve in curves.items()]


Curve = tuple[list[str], list[list[float]], float]  # conditions; UAR of each cell in them; the mean of source_only


def _curve(found: MethodResults, model: str, method: Named, sizes: Sequence[str]) -> Curve | None:
    """Over the cells that are tried in every size; if there is none, over all, in those sizes that all have."""
    lines = {
        cell: {
            name: row["value"]
            for name in (*sizes, AS_IS)
            if (row := found.row(model, cell, method.name, name)) is not None and row["value"] is not None
        }
        for cell in found.cells(model)
    }
    lines = {cell: line for cell, line in lines.items() if AS_IS in line and len(line) > 1}
    if not lines:
        return None
    tried = [name for name in (*sizes, AS_IS) if any(name in line for line in lines.values())]
    complete = [cell for cell, line in lines.items() if len(line) == len(tried)]
    cells = complete or list(lines)
    tried = [name for name in tried if all(name in lines[cell] for cell in cells)]
    plain = known(found.row(model, cell, SOURCE_ONLY) for cell in cells)
    if len(tried) < 2 or len(plain) < len(cells):
        return None
    return tried, [[lines[cell][name] for name in tried] for cell in cells], fmean(row["value"] for row in plain)


def _seen_figure(results: Results, model: str, method: Named, curve: Curve, limits: tuple[float, float]) -> Markup:
    tried, lines, baseline = curve
    names = [str(size_of(name) or "all") for name in tried]
    mean = [fmean(values) for values in zip(*lines, strict=True)]
    rows = results.methods.figures.filter(model=model, method=method.name, metric="uar", group="all")
    doubts = marks.signs_of({"exploration": text} for text in rows["exploration"].unique().sort())
    title = f"{ledger.in_picture(method.name, method.sights)}{_synthetic(results)}{doubts}"
    said = ", ".join(f"{value:.2f} with {name}" for name, value in zip(names, mean, strict=True))
    return marks.figure(
        draw.by_seen(title, names, lines, mean, baseline, limits),
        f"{method.name}: mean of {len(lines)} cell{'s' if len(lines) > 1 else ''}; dashed: {SOURCE_ONLY}, "
        f"{baseline:.2f}.",
        f"UAR of {model} with {method.name} by the utterances it sees, mean of {len(lines)} cells: {said}; without it "
        f"{baseline:.2f}",
    )


def _synthetic(results: Results) -> str:
    return " (SYNTHETIC)" if results.synthetic else ""


def _number(row: Row | None, column: str) -> float:
    value = None if row is None else row[column]
    return float("nan") if value is None else float(value)
