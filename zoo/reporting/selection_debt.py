"""The section on selection debt: a model selected with the test speakers in view, beside its nested twin."""

from collections.abc import Iterator

from zoo import metrics, pages
from zoo.reporting import marks
from zoo.reporting.results import Results, Row
from zoo.tables.selection_debt import FIGURES

NAMES = {
    "published": "reported by others",
    "published_mean": "reported by others, mean of their seeds",
    "as_published": "as published: the best seed",
    "as_published_mean": "as published: mean of the seeds",
    "nested": "nested: mean of the seeds",
    "debt": "selection debt: as published, best seed, minus nested",
    "debt_of_mean": "of this without the choice of a seed",
}
HEAD = ("figure", "value", "seeds", "how")


def debt_section(results: Results) -> Iterator[pages.Section]:
    """A table for each model that is selected as published; no section without one."""
    if results.debt.is_empty():
        return
    yield pages.Section(
        "Selection debt",
        [
            pages.paragraph(
                "The same network with the same number of trials, epochs and seeds, selected in two ways. As "
                "published: the configuration and the seed are those with the best figure on the test speakers, and "
                "features are standardised over all speakers. Nested: none of these choices sees a test speaker. What "
                "is as published is no result: it is neither ranked nor released, and stands here to show how much of "
                "such a figure is its selection."
            ),
            *(
                marks.table(HEAD, cells, f"{title}, with intervals over speakers.", emphasise=[marked])
                for title, cells, marked in debts(results)
            ),
        ],
    )


def debts(results: Results) -> Iterator[tuple[str, list[tuple[str, ...]], int]]:
    """Of each model that is selected as published, its title, the lines of its table, and which of them is the debt."""
    for (corpus, model, task), part in sorted(results.debt.group_by("corpus", "model", "task")):
        rows = {row["figure"]: row for row in part.iter_rows(named=True)}
        first, order = part.row(0, named=True), [name for name in FIGURES if name in rows]
        synthetic = "SYNTHETIC. " if first["origin"] == "synthetic" else ""
        title = (
            f"{synthetic}{metrics.headline(task).title} of {model} (as published) and {first['twin']} (nested) on "
            f"{corpus}, {first['protocol']}"
        )
        yield title, [_cells(name, rows[name]) for name in order], order.index("debt")


def _cells(name: str, row: Row) -> tuple[str, ...]:
    sign = "+" if name.startswith("debt") else ""
    interval = "" if row["low"] is None else f" [{row['low']:{sign}.3f}, {row['high']:{sign}.3f}]"
    seeds = "\u2013" if row["num_seeds"] is None else str(row["num_seeds"])
    doubt = marks.signs(row) if name == "nested" else ""
    doubt += f" {marks.AS_PUBLISHED.sign}" if FIGURES[name] == "as_published" else ""
    p = "" if row["p"] is None else f", p = {row['p']:.3f}"
    return NAMES[name], f"{row['value']:{sign}.3f}{interval}{p}{doubt}", seeds, row["how"]
