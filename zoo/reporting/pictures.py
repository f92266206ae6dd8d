"""Embeddings of a source and a target on two principal components, before and after standardisation by corpus."""

from collections.abc import Iterator

import numpy as np
import polars as pl
from markupsafe import Markup
from numpy.typing import NDArray

from zoo import pages
from zoo.figures import methods as draw
from zoo.reporting import marks
from zoo.reporting.method_figures import cell_name
from zoo.reporting.method_results import Cell
from zoo.reporting.results import Results
from zoo.tables.embeddings import STATES

_KINDS = {"corpus": "corpus", "label": "emotion"}


def picture_blocks(results: Results, model: str) -> Iterator[Markup]:
    """The cells of single corpora, or where there is none, of several together; the first is open."""
    own = results.methods.embeddings.filter(model=model)
    cells = own.select("source", "target").unique().sort("source", "target").rows()
    single = [cell for cell in cells if cell[0] in results.study.corpora] or cells
    if not single:
        return
    yield pages.subtitle("Embeddings before and after")
    yield pages.paragraph(
        f"What `{model}` makes of utterances of a source and a target before its head, on the two directions in which "
        "they vary most (principal components): as they are, and after each corpus was standardised by its own mean "
        "and std. Labels only colour the points."
    )
    for number, cell in enumerate(single):
        rows = own.filter(source=cell[0], target=cell[1])
        shown = pages.gallery(list(_pictures(results, model, cell, rows)))
        yield shown if number == 0 else pages.folded(f"{cell_name(cell)}, the same", [shown])


def _pictures(results: Results, model: str, cell: Cell, rows: pl.DataFrame) -> Iterator[Markup]:
    synthetic = " (SYNTHETIC)" if "synthetic" in set(rows["origin"]) else ""
    for column, kind in _KINDS.items():
        groups = rows[column].to_list()
        for state in STATES:
            points = rows.select(f"x_{state}", f"y_{state}").to_numpy().astype(float)
            between = 100 * between_groups(points, groups)
            held = 100 * rows[f"held_{state}"][0]
            said = (
                f"{cell_name(cell)}, {state}, by {kind}: {between:.0f} % of the spread in the picture is between "
                f"{'corpora' if column == 'corpus' else 'emotions'}; it holds {held:.0f} % of the variance"
            )
            drawn = draw.scatter(f"by {kind}, {state}{synthetic}", points, groups, sorted(set(groups)))
            yield marks.figure(drawn, f"{said}.", f"Embeddings of {model}, {said}")


def between_groups(points: NDArray[np.float64], groups: list[str]) -> float:
    """The share of the variance of points (n, 2) that lies between the means of their groups, 0 to 1.

    >>> between_groups(np.array([[0.0, 0.0], [0.0, 0.0], [2.0, 0.0], [2.0, 0.0]]), ["a", "a", "b", "b"])
    1.0
    """
    of, centred = np.asarray(groups), points - points.mean(axis=0)
    total = float(np.square(centred).sum())
    between = sum((of == name).sum() * np.square(centred[of == name].mean(axis=0)).sum() for name in set(groups))
    return float(between) / total if total else 0.0
