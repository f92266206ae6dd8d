"""Methods in tables: lists of those that see the same, stress, groups of speakers, and tests."""

from collections.abc import Iterator, Sequence
from statistics import fmean

import polars as pl
from markupsafe import Markup

from zoo import pages
from zoo.reporting import ledger, marks
from zoo.reporting.method_figures import cell_name, with_sign
from zoo.reporting.method_results import Cell, MethodResults, Named, Row, known, size_of
from zoo.reporting.results import with_interval
from zoo.study.cross import SOURCE_ONLY
from zoo.tables.methods import LOSS, SEX_GAP

STRESSES = {
    "skewed": "70 % of one class",
    "absent": "a class absent",
    "one_emotion": "one emotion a speaker",
}
_KINDS = {"elicitation": "how emotions were elicited", "language": "the language"}


def listed(found: MethodResults, model: str, methods: Sequence[Named]) -> Markup:
    """Those that see the same: their UAR in every cell, the best mean rank first."""
    ranks = {row["method"]: row for row in found.ranks.filter(model=model).iter_rows(named=True)}
    order = sorted(methods, key=lambda one: ranks[one.name]["mean_rank"] if one.name in ranks else 0.0)
    cells, ranked = found.cells(model), any(one.name in ranks for one in methods)
    rows = [
        [
            ledger.named(one.name, one.sights),
            f"{one.rung}{', control' if one.control else ''}",
            *(_ranks(ranks.get(one.name)) if ranked else ()),
            *(with_interval(found.row(model, cell, one.name)) for cell in cells),
        ]
        for one in order
    ]
    caption = f"{model}: UAR with intervals over the target's speakers."
    if ranked:
        number = next(iter(ranks[one.name]["num_cells"] for one in order if one.name in ranks))
        caption += f" Mean ranks and wins are over {number} cells, which share corpora, so that they have no p."
    head = ["method", "rung", *(["mean rank", "wins"] if ranked else []), *map(cell_name, cells)]
    return marks.table(head, rows, caption)


def _ranks(row: Row | None) -> list[str]:
    if row is None:
        return ["–", "–"]
    doubt = f" {marks.POST_EXPLORATION.sign}" if row["num_explored"] else ""
    return [f"{row['mean_rank']:.2f} of {row['num_methods']}{doubt}", str(row["wins"])]


def stress_blocks(found: MethodResults, model: str) -> Iterator[Markup]:
    """A row a method: what a stress changes against source_only on the same utterances; and in words, who loses."""
    conditions = found.conditions(model)
    shown = [name for name in conditions if size_of(name) is None]
    rows, words = [], []
    for one in found.methods:
        losses = {name: _losses(found, model, one, name) for name in conditions}
        if one.name == SOURCE_ONLY or not any(losses.values()):
            continue
        lost = {name: {cell: row for cell, row in own.items() if row["loses"]} for name, own in losses.items()}
        sign = marks.LOSES.sign if any(lost.values()) else ""
        rows.append([ledger.named(one.name, one.sights, sign), *(_stressed(losses[name]) for name in shown)])
        if sign:
            words.append(_in_words(one, lost))
    if not rows:
        return
    yield marks.table(
        ["method", *map(condition_name, shown)],
        rows,
        f"{model}: UAR minus that of {SOURCE_ONLY} under stress, the mean of all cells and the worst of them. In the "
        "order of what they see.",
    )
    if words:
        yield from (pages.paragraph(text) for text in words)
    else:
        yield pages.paragraph(f"No method of {model} loses more than {LOSS:g} in any of these.")


def _losses(found: MethodResults, model: str, method: Named, condition: str) -> dict[Cell, Row]:
    rows = {cell: found.row(model, cell, method.name, condition) for cell in found.cells(model)}
    return {cell: row for cell, row in rows.items() if row is not None and row["loss"] is not None}


def _stressed(losses: dict[Cell, Row]) -> str:
    if not losses:
        return "–"
    changes = [-row["loss"] for row in losses.values()]
    doubts = marks.signs_of(losses.values())
    return f"{with_sign(fmean(changes))}, worst {with_sign(min(changes))}{doubts}"


def _in_words(method: Named, lost: dict[str, dict[Cell, Row]]) -> str:
    parts = []
    for condition, own in lost.items():
        if own:
            worst = sorted(own, key=lambda cell: -own[cell]["loss"])
            others = f" and {len(own) - 1} more" if len(own) > 1 else ""
            parts.append(f"{condition_name(condition)}: {own[worst[0]]['loss']:.2f} on {cell_name(worst[0])}{others}")
    return (
        f"{marks.LOSES.sign} `{method.name}` {ledger.signs(method.sights)} loses more than {LOSS:g} against "
        f"`{SOURCE_ONLY}` with {'; '.join(parts)}."
    )


def condition_name(condition: str) -> str:
    """A stress in words."""
    size = size_of(condition)
    return STRESSES.get(condition, condition) if size is None else f"{size} utterances seen"


def sex_gaps(found: MethodResults, model: str) -> Iterator[Markup]:
    """The UAR of female minus that of male speakers, a row a method, a column a cell."""
    cells = [cell for cell in found.cells(model) if any(_gap(found, model, cell, one) for one in found.methods)]
    if cells:
        rows = [
            [ledger.named(one.name, one.sights), *(with_interval(_gap(found, model, cell, one)) for cell in cells)]
            for one in found.methods
        ]
        yield marks.table(
            ["method", *map(cell_name, cells)],
            rows,
            f"{model}: UAR of female minus that of male speakers. In the order of what methods see.",
        )


def _gap(found: MethodResults, model: str, cell: Cell, method: Named) -> Row | None:
    return next(iter(known([found.row(model, cell, method.name, group=SEX_GAP)])), None)


def by_kind(found: MethodResults, model: str) -> Iterator[Markup]:
    """The mean UAR of the targets' speech in each way of elicitation, and in each language."""
    own = found.figures.filter(pl.col("value").is_not_null(), model=model, metric="uar")
    for kind, title in _KINDS.items():
        groups = sorted(set(own.filter(pl.col("group").str.starts_with(f"{kind}="))["group"]))
        if not groups:
            continue
        rows = [
            [
                ledger.named(one.name, one.sights),
                *(_mean(own.filter(method=one.name, group=group)) for group in groups),
            ]
            for one in found.methods
        ]
        heads = [f"{group.partition('=')[2]}, {_targets(own, group)}" for group in groups]
        yield marks.table(
            ["method", *heads], rows, f"{model}: mean UAR of the cells, by {title} of the target's speech."
        )


def _targets(rows: pl.DataFrame, group: str) -> str:
    return " ".join(sorted(set(rows.filter(group=group)["target"])))


def _mean(rows: pl.DataFrame) -> str:
    if rows.is_empty():
        return "–"
    return f"{fmean(rows['value']):.3f}{marks.signs_of(rows.iter_rows(named=True))}"


def friedman(found: MethodResults, model: str) -> Iterator[Markup]:
    """The tests of methods that see the same, one target at a time."""
    rows = [
        [
            cell_name((row["source"], row["target"])),
            Markup("{} {}").format(ledger.shown(row["sights"]), row["methods"]),
            "–" if row["statistic"] is None else f"{row['statistic']:.2f}, {row['df']} df",
            "–" if row["p"] is None else f"{row['p']:.3f}{marks.signs(row)}",
            row["how"],
        ]
        for row in found.tests.filter(model=model).iter_rows(named=True)
    ]
    if rows:
        yield marks.table(
            ["cell", "methods", "chi-squared", "p", "how"],
            rows,
            f"{model}: Friedman tests of methods that see the same, with the target's speakers as blocks.",
        )
