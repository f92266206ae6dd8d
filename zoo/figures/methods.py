"""The figures of methods across corpora: gains with intervals, figures by utterances seen, embeddings on two axes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zoo.figures.drawing import ACCENT, QUIET, drawing, title_across

# readable on a light page and on a dark one, and apart for the colour-blind together with the shapes
_COLOURS = (ACCENT, "#d9731a", "#4b82d4", "#c2559d", "#a8902c", "#7d6bd0", "#8a939b")
_SHAPES = ("o", "^", "s", "D", "v", "P", "X")


@dataclass(frozen=True)
class Gain:
    """A line of the figure of gains. group: lines of one group stand together. strong: it is told apart from 0."""

    name: str
    group: str
    value: float
    bounds: tuple[float, float] | None
    strong: bool


def gains(title: str, lines: Sequence[Gain], label: str, limits: tuple[float, float]) -> str:
    """Differences from top to bottom as dots with whiskers, 0 as a dashed line, groups with a gap between them.

    limits: of the differences, from left to right.
    """
    places, at = [], 0.0
    for number, line in enumerate(lines):
        at += 0.0 if number == 0 else 1.0 if line.group == lines[number - 1].group else 1.7
        places.append(at)
    out: list[str] = []
    with drawing(4.0, 0.8 + 0.235 * (at + 1), out) as axes:
        axes.axvline(0, color=QUIET, linestyle=(0, (4, 3)), linewidth=1)
        for place, line in zip(places, lines, strict=True):
            colour = ACCENT if line.strong else QUIET
            if line.bounds is not None:
                axes.plot(line.bounds, [place, place], color=colour, linewidth=2.5, alpha=0.55, solid_capstyle="round")
            axes.plot([line.value], [place], "o", color=colour, markersize=5.5)
        for before, after, place in zip(lines, lines[1:], places, strict=False):
            if before.group != after.group:
                axes.axhline(place + 0.85, color=QUIET, alpha=0.4, linewidth=0.6)
        axes.set_yticks(places, [line.name for line in lines], fontsize=8.5)
        axes.set_ylim(at + 0.6, -0.6)
        axes.set_xlim(*limits)
        axes.set_xlabel(label)
        axes.tick_params(length=0)
        axes.grid(axis="x", color=QUIET, alpha=0.25, linewidth=0.6)
        axes.spines["left"].set_visible(False)
        title_across(axes, title)
    return out[0]


def by_seen(
    title: str,
    sizes: Sequence[str],
    cells: Sequence[Sequence[float]],
    mean: Sequence[float],
    baseline: float | None,
    limits: tuple[float, float],
) -> str:
    """UAR by the number of utterances seen: a thin line a cell, their mean strong, the baseline's mean dashed.

    sizes: from left to right. cells, mean: a figure a size. limits: of the UAR.
    """
    out: list[str] = []
    with drawing(3.2, 2.2, out) as axes:
        at = np.arange(len(sizes))
        if baseline is not None:
            axes.axhline(baseline, color=QUIET, linestyle=(0, (4, 3)), linewidth=1.2)
        for line in cells:
            axes.plot(at, line, color=QUIET, linewidth=0.9, alpha=0.7)
        axes.plot(at, mean, "o-", color=ACCENT, linewidth=1.8, markersize=5)
        for place, value in zip(at, mean, strict=True):
            axes.annotate(
                f"{value:.2f}", (place, value), xytext=(0, 6), textcoords="offset points", ha="center", fontsize=8
            )
        axes.set_xticks(at, sizes)
        axes.set_xlim(-0.3, len(sizes) - 0.7)
        axes.set_ylim(*limits)
        axes.set_yticks([tick for tick in axes.get_yticks() if limits[0] <= tick <= min(1.0, limits[1])])
        axes.set_xlabel("utterances seen")
        axes.set_ylabel("UAR")
        axes.tick_params(length=0)
        axes.grid(axis="y", color=QUIET, alpha=0.25, linewidth=0.6)
        axes.set_title(title)
    return out[0]


def scatter(title: str, points: NDArray[np.float64], groups: Sequence[str], names: Sequence[str]) -> str:
    """Points (n, 2) in the colour and shape of their group, whose name stands below. groups: (n,), of names."""
    out: list[str] = []
    of = np.asarray(groups)
    with drawing(3.1, 3.1, out) as axes:
        for number, name in enumerate(names):
            own = points[of == name]
            axes.plot(
                own[:, 0],
                own[:, 1],
                _SHAPES[number % len(_SHAPES)],
                color=_COLOURS[number % len(_COLOURS)],
                markersize=3.4,
                markeredgewidth=0,
                alpha=0.65,
                label=name,
            )
        axes.set_xticks([])
        axes.set_yticks([])
        axes.set_xlabel("component 1")
        axes.set_ylabel("component 2")
        axes.legend(
            loc="upper center",
            bbox_to_anchor=(0.5, -0.09),
            ncols=min(3, len(names)),
            frameon=False,
            fontsize=8,
            handletextpad=0.2,
            columnspacing=1.0,
        )
        axes.set_title(title)
    return _compact(out[0])


def _compact(svg: str) -> str:
    """The same with the style of points said once for all of a colour, and places to a tenth of a point: a third."""
    group = re.compile(r'(<g clip-path="[^"]*")>((?:\s*<use [^>]*/>)+)')
    point = re.compile(r'\s*<use (xlink:href="[^"]*") x="([-\d.]+)" y="([-\d.]+)" style="([^"]*)"/>')

    def shorter(found: re.Match[str]) -> str:
        points = point.findall(found[2])
        places = "".join(f'<use {what} x="{float(x):.1f}" y="{float(y):.1f}"/>' for what, x, y, _ in points)
        return f'{found[1]} style="{points[0][3]}">{places}'

    return group.sub(shorter, svg)
