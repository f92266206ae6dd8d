"""The figures of a corpus: histograms, and counts of utterances by two properties."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from zoo.figures.drawing import ACCENT, drawing, shaded_cells

_BINS = 40
_LEAST = 0.008  # of the axis: a single utterance beside thousands is still visible


def histogram(title: str, unit: str, values: Sequence[float]) -> str:
    """A histogram of values of utterances between the least and the greatest, in 40 bins."""
    low, high = (float(min(values)), float(max(values))) if len(values) else (0.0, 1.0)
    if high <= low:
        low, high = low - 0.5, high + 0.5
    digits = max(1, 1 - math.floor(math.log10(high - low)))  # enough to distinguish the three ticks
    counts, edges = np.histogram(np.asarray(values, dtype=float), bins=_BINS, range=(low, high))
    most = max(int(counts.max()), 1)
    ticks = [low, (low + high) / 2, high]
    out: list[str] = []
    with drawing(3.6, 2.0, out, name=title) as axes:
        heights = np.where(counts > 0, np.maximum(counts, _LEAST * most), 0)
        width = (high - low) / _BINS
        axes.bar(edges[:-1] + width / 2, heights, width=0.86 * width, color=ACCENT, linewidth=0)
        axes.set_xlim(low, high)
        axes.set_ylim(0, most)
        axes.set_xticks(ticks, [f"{tick:.{digits}f}" for tick in ticks])
        axes.set_yticks([0, most])
        axes.tick_params(length=0)
        axes.tick_params(axis="x", pad=6)  # clear of the 0 beside the axis
        axes.spines["left"].set_visible(False)
        axes.set_xlabel(unit)
        axes.set_title(title)
    return out[0]


def heat(title: str, rows: Sequence[str], columns: Sequence[str], counts: Mapping[tuple[str, str], int]) -> str:
    """A cell for every row and column with its count; darker for more, a dash for none."""
    table = np.array([[counts.get((row, column), 0) for column in columns] for row in rows], dtype=float)
    table = table.reshape(len(rows), len(columns))
    cells = [[f"{count:.0f}" if count else "–" for count in row] for row in table]
    # room for the names: an inch holds 17 letters, column names are slanted
    beside = 0.15 + max((len(name) for name in rows), default=0) / 17
    above = 0.45 + max((len(name) for name in columns), default=0) / 24
    out: list[str] = []
    with drawing(max(3.6, beside + 0.36 * len(columns) + 0.4), above + 0.19 * len(rows), out, name=title) as axes:
        shaded_cells(axes, rows, columns, table / max(table.max(initial=0), 1), cells, square=False)
        axes.set_title(title)
    return out[0]
