"""Figures of a corpus as text of SVG: counts along a scale, and who says how much of what.

Drawn here line by line: a page of 100,000 utterances takes no longer than one of 500. Tones are shades of one colour by
transparency, so that they suit a light page and a dark one.
"""

import math
from collections.abc import Mapping, Sequence
from html import escape

import numpy as np

from zoo.pages import INK

ACCENT = "#16897d"
_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 380, 210, 46, 12, 26, 34
_BINS = 40
_CELL, _ROW = 46, 18


def histogram(title: str, unit: str, values: Sequence[float]) -> str:
    """How many utterances lie where between the least and the greatest value, in 40 bins."""
    low, high = (float(min(values)), float(max(values))) if len(values) else (0.0, 1.0)
    if high <= low:
        low, high = low - 0.5, high + 0.5
    digits = max(1, 1 - math.floor(math.log10(high - low)))  # as many as tell the three ticks apart
    counts, edges = np.histogram(np.asarray(values, dtype=float), bins=_BINS, range=(low, high))
    most = max(int(counts.max()), 1)
    across, up = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM

    def x(value: float) -> float:
        return _LEFT + across * (value - low) / (high - low)

    parts = [_text(_LEFT, 14, title, weight="bold")]
    for count, start, end in zip(counts, edges[:-1], edges[1:], strict=True):
        if count:
            tall = max(1.0, up * count / most)
            said = f"<title>{start:.{digits + 1}f} to {end:.{digits + 1}f} {escape(unit)}: {count}</title>"
            parts.append(
                f'<rect x="{x(start) + 0.5:.1f}" y="{_TOP + up - tall:.1f}" width="{x(end) - x(start) - 1:.1f}" '
                f'height="{tall:.1f}" fill="{ACCENT}">{said}</rect>'
            )
    floor = _TOP + up
    parts.append(f'<path d="M{_LEFT} {floor}H{_WIDTH - _RIGHT}" stroke="{INK}" stroke-opacity="0.4"/>')
    for share, anchor in ((0.0, "start"), (0.5, "middle"), (1.0, "end")):
        value = low + share * (high - low)
        parts.append(_text(x(value), floor + 14, f"{value:.{digits}f}", anchor))
    parts.append(_text(_LEFT + across / 2, floor + 29, unit, "middle"))
    parts += [_text(_LEFT - 6, _TOP + 8, str(most), "end"), _text(_LEFT - 6, floor, "0", "end")]
    return _svg(_WIDTH, _HEIGHT, title, parts)


def heat(title: str, rows: Sequence[str], columns: Sequence[str], counts: Mapping[tuple[str, str], int]) -> str:
    """A cell for every row and column with its count; the darker the more, an empty one for none."""
    left = 20 + 6 * max((len(name) for name in rows), default=0)
    width, height = left + _CELL * len(columns) + 10, 96 + _ROW * len(rows)
    most = max(counts.values(), default=1)
    parts = [_text(8, 14, title, weight="bold")]
    for at, name in enumerate(columns):
        place = left + _CELL * (at + 0.5)
        parts.append(f'<g transform="rotate(-40 {place:.0f} 84)">{_text(place, 84, name)}</g>')
    for down, row in enumerate(rows):
        top = 90 + _ROW * down
        parts.append(_text(left - 6, top + 13, row, "end"))
        for at, column in enumerate(columns):
            count = counts.get((row, column), 0)
            shade = 0.08 + 0.62 * count / most if count else 0.0
            parts.append(
                f'<rect x="{left + _CELL * at}" y="{top}" width="{_CELL - 1}" height="{_ROW - 1}" fill="{ACCENT}" '
                f'fill-opacity="{shade:.2f}"/>'
            )
            parts.append(_text(left + _CELL * (at + 0.5), top + 13, str(count) if count else "–", "middle"))
    return _svg(width, height, title, parts)


def _text(x: float, y: float, words: str, anchor: str = "start", weight: str = "normal") -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f'<text {place} font-weight="{weight}" fill="{INK}">{escape(words)}</text>'


def _svg(width: float, height: float, title: str, parts: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
        f'role="img" aria-label="{escape(title, quote=True)}" font-family="sans-serif" font-size="11">'
        + "".join(parts)
        + "</svg>"
    )
