"""How every figure is drawn: with matplotlib, as the text of an SVG file, in one style.

The SVG is vector, without fonts or dates inside; equal input gives equal bytes. Figures are drawn for a width of 320 to
420 px, so that a phone shows them at reading size. Text is in INK, which follows the theme of a page; shades are one
colour by transparency, so that they suit a light page and a dark one.
"""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from zoo.pages import INK

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ACCENT = "#16897d"
QUIET = "#8a939b"
_STYLE: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "zoo",
    "font.family": "sans-serif",
    "font.size": 9,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": QUIET,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 9.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
}


@contextmanager
def drawing(width: float, height: float, out: list[str], name: str = "") -> Iterator["Axes"]:
    """Axes of a figure of that size in inches; its SVG is appended to `out` at the end.

    name: its name for screen readers; empty if the surrounding element has one.
    """
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context():
        matplotlib.rcdefaults()  # independent of the user's own matplotlib settings
        matplotlib.rcParams.update(_STYLE)
        figure = Figure(figsize=(width, height), layout="constrained")
        yield figure.subplots()
        file = io.StringIO()
        figure.savefig(file, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
        named = f'<svg role="img" aria-label="{escape(name, quote=True)}" ' if name else "<svg "
        out.append(file.getvalue().replace("<svg ", named, 1))


def title_across(axes: "Axes", title: str) -> None:
    """A title from the left end of the whole figure, for names beside the axes that leave little room above them."""
    axes.figure.suptitle(title, x=0.01, ha="left", fontsize=_STYLE["axes.titlesize"], fontweight="bold")


def shaded_cells(
    axes: "Axes",
    rows: Sequence[str],
    columns: Sequence[str],
    shades: NDArray[np.float64],
    cells: Sequence[Sequence[str]],
    square: bool = True,
) -> None:
    """Cells with text in them, shaded by transparency alone, so that they suit a light page and a dark one.

    shades: (rows, columns), 0 to 1. square: rows and columns are the same items, so the diagonal is bold; otherwise
    there may be many more rows, and the columns are named above them.
    """
    from matplotlib.patches import Rectangle

    for row in range(len(rows)):
        for column in range(len(columns)):
            shade = 0.04 + 0.66 * float(shades[row, column])
            axes.add_artist(
                Rectangle((column + 0.03, row + 0.03), 0.94, 0.94, facecolor=ACCENT, alpha=shade, linewidth=0)
            )
            weight = "bold" if square and row == column else "normal"
            place, text = (column + 0.5, row + 0.5), cells[row][column]
            drawn = axes.text(*place, text, ha="center", va="center", fontsize=8.5, weight=weight)
            drawn.set_in_layout(False)  # it is inside its cell: measuring hundreds of them takes a second
    axes.set_xlim(0, max(len(columns), 1))
    axes.set_ylim(max(len(rows), 1), 0)
    axes.set_aspect("equal" if square and len(columns) > 3 else "auto")
    if not square:
        axes.xaxis.tick_top()
    axes.set_xticks(
        np.arange(len(columns)) + 0.5, columns, rotation=35, ha="right" if square else "left", rotation_mode="anchor"
    )
    axes.set_yticks(np.arange(len(rows)) + 0.5, rows)
    axes.tick_params(length=0, labelsize=8.5)
    for spine in axes.spines.values():
        spine.set_visible(False)
