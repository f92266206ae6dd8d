"""The figures of the report: UARs with their intervals, confusions, train × test, and speakers."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from zoo.figures.drawing import ACCENT, QUIET, drawing, shaded_cells, title_across

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Figures = dict[str, str]  # file name -> SVG text


def intervals(
    title: str,
    names: Sequence[str],
    values: Sequence[float],
    bounds: Sequence[tuple[float, float] | None],
    chance: float | None,
    emphasised: Sequence[bool],
    label: str = "UAR; the dashed line is chance",
) -> str:
    """Figures from top to bottom as dots with whiskers, and chance, if there is such a thing, as a dashed line."""
    out: list[str] = []
    least = min([0.0, *values, *(bound[0] for bound in bounds if bound is not None)])
    with drawing(4.0, 0.75 + 0.29 * len(names), out) as axes:
        if chance is not None:
            axes.axvline(chance, color=QUIET, linestyle=(0, (4, 3)), linewidth=1)
        for at, (value, bound, strong) in enumerate(zip(values, bounds, emphasised, strict=True)):
            colour = ACCENT if strong else QUIET
            if bound is not None:
                axes.plot(bound, [at, at], color=colour, linewidth=2.5, alpha=0.55, solid_capstyle="round")
            axes.plot([value], [at], "o", color=colour, markersize=6)
        axes.set_yticks(range(len(names)), names)
        axes.set_ylim(len(names) - 0.4, -0.6)
        axes.set_xlim(least - 0.03 if least < 0 else 0, 1)
        axes.set_xlabel(label)
        axes.tick_params(length=0)
        axes.grid(axis="x", color=QUIET, alpha=0.25, linewidth=0.6)
        axes.spines["left"].set_visible(False)
        axes.set_title(title)
    return out[0]


def confusion(title: str, classes: Sequence[str], matrix: NDArray[np.float64]) -> str:
    """A confusion matrix (C, C) of counts, each row as shares of its label in percent."""
    labelled = matrix.sum(axis=1, keepdims=True)
    shares = np.divide(matrix, labelled, out=np.zeros_like(matrix), where=labelled > 0)
    cells = [
        ["" if not labelled[row, 0] else f"{100 * share:.0f}" for share in shares[row]] for row in range(len(classes))
    ]
    size = 1.25 + 0.36 * len(classes)
    out: list[str] = []
    with drawing(max(3.1, size + 0.2), max(2.6, size), out) as axes:
        shaded_cells(axes, classes, classes, shares, cells)
        axes.set_xlabel("predicted")
        axes.set_ylabel("label")
        axes.set_title(title)
    return out[0]


def matrix(
    title: str,
    rows: Sequence[str],
    columns: Sequence[str],
    values: NDArray[np.float64],
    lows: NDArray[np.float64],
    chance: float,
    unit: str = "UAR",
    strip: bool = True,
) -> str:
    """Figures of train × test (rows, columns), NaN where there is none; shaded from chance to 1, as the strip shows.

    lows: the lower ends of their intervals. A figure whose interval includes chance has a dashed border. strip: whether
    to draw it.
    """
    from matplotlib.patches import Rectangle

    shades = np.clip((np.nan_to_num(values, nan=chance) - chance) / (1 - chance), 0, 1)
    cells = [["–" if np.isnan(value) else f"{value:.2f}" for value in row] for row in values]
    lines = max((name.count("\n") for name in rows), default=0)
    out: list[str] = []
    size = max(3.4, 1.7 + 0.66 * len(columns)), (1.55 if strip else 0.95) + (0.42 + 0.08 * lines) * len(rows)
    with drawing(*size, out, name=title) as axes:
        shaded_cells(axes, rows, [name.replace("=", "=\n") for name in columns], shades, cells)
        for row, column in zip(*np.nonzero(lows <= chance), strict=True):
            place = (column + 0.07, row + 0.07)
            border: Any = {"edgecolor": QUIET, "linestyle": (0, (3, 2)), "linewidth": 1}
            axes.add_artist(Rectangle(place, 0.86, 0.86, fill=False, **border))
        axes.set_aspect("auto")
        axes.xaxis.tick_top()
        for label in axes.get_xticklabels():
            label.set(rotation=0, horizontalalignment="center")
        if strip:
            _strip(axes, len(rows), len(columns), f"chance {chance:.2f}", f"{unit} 1")
            axes.set_title(title)
        else:
            title_across(axes, title)
    return out[0]


def _strip(axes: "Axes", top: float, width: float, low: str, high: str) -> None:
    """What shades mean, below cells that end at `top`."""
    from matplotlib.patches import Rectangle

    steps = 40
    for at in range(steps):
        alpha = 0.04 + 0.66 * at / (steps - 1)
        place = (width * at / steps, top + 0.3)
        axes.add_artist(Rectangle(place, width / steps, 0.2, facecolor=ACCENT, alpha=alpha, linewidth=0))
    axes.text(0, top + 0.6, low, fontsize=8, ha="left", va="top")
    axes.text(width, top + 0.6, high, fontsize=8, ha="right", va="top")
    axes.set_ylim(top + 1.0, 0)


def speakers(
    title: str, names: Sequence[str], values: Sequence[float], others: Sequence[Sequence[float]], chance: float
) -> str:
    """The UAR of each speaker with one model as large dots, with others as small ones."""
    out: list[str] = []
    with drawing(4.0, 0.8 + 0.19 * len(names), out) as axes:
        axes.axvline(chance, color=QUIET, linestyle=(0, (4, 3)), linewidth=1)
        for at, (value, rest) in enumerate(zip(values, others, strict=True)):
            axes.plot(rest, [at] * len(rest), "o", color=QUIET, markersize=3, alpha=0.6)
            axes.plot([value], [at], "o", color=ACCENT, markersize=5.5)
        axes.set_yticks(range(len(names)), names, fontsize=8)
        axes.set_ylim(len(names) - 0.4, -0.6)
        axes.set_xlim(0, 1.02)
        axes.set_xlabel("UAR of the speaker")
        axes.tick_params(length=0)
        axes.grid(axis="x", color=QUIET, alpha=0.25, linewidth=0.6)
        axes.spines["left"].set_visible(False)
        axes.set_title(title)
    return out[0]
