"""Self-contained pages from sections, tables and figures: the only place that writes HTML.

A page is one file: style and figures are inside it, it loads nothing, runs no script, and suits light and
dark themes, desktop and phone. Text is escaped; only what the functions here return is taken as HTML.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import jinja2
from markupsafe import Markup

from zoo.files import write_text

INK = "#1d2226"  # figures draw text and lines in this colour; in a page it follows the theme


@dataclass(frozen=True)
class Section:
    """A titled part of a page. blocks: what `paragraph`, `table`, `figure` and the other functions here return."""

    title: str
    blocks: Sequence[Markup]

    @property
    def anchor(self) -> str:
        """The section's anchor in the page's address."""
        return re.sub(r"[^a-z0-9]+", "-", self.title.lower()).strip("-")


def paragraph(text: str) -> Markup:
    """A paragraph. Words between backquotes are set as code."""
    pieces = text.split("`")
    if len(pieces) % 2 == 0:  # an unpaired backquote is just a backquote
        pieces = [text]
    parts = [
        Markup("<code>{}</code>").format(piece) if at % 2 else Markup.escape(piece) for at, piece in enumerate(pieces)
    ]
    return Markup("<p>{}</p>").format(Markup().join(parts))


def table(
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    caption: str = "",
    emphasise: Collection[int] = (),
    failed: Collection[int] = (),
) -> Markup:
    """A table that scrolls horizontally if it is wider than the page.

    rows: a sequence of cells each, as many as there are columns; floats are shown with three decimals, None as a dash.
    The first cell of a row is its heading. Columns of numbers are right-aligned.
    emphasise: numbers of the rows (from 0) that are highlighted. failed: numbers of the rows that report a failure.
    """
    cells = [[_shown(cell) for cell in row] for row in rows]
    numeric = [all(_is_number(row[at]) for row in cells) for at in range(len(columns))]
    marks = {**dict.fromkeys(emphasise, "emphasised"), **dict.fromkeys(failed, "failed")}
    return _render("table", columns=columns, rows=cells, caption=caption, marks=marks, numeric=numeric)


def figure(svg: str, caption: str) -> Markup:
    """A figure from the text of an SVG file, drawn inside the page. The colour INK follows the page's theme."""
    drawing = svg[svg.index("<svg") :].replace(INK, "currentColor")
    return _render("figure", drawing=Markup(drawing), caption=caption)


def gallery(figures: Sequence[Markup]) -> Markup:
    """Figures side by side, as many as the width allows."""
    return Markup('<div class="gallery">{}</div>').format(Markup("\n").join(figures))


def subtitle(text: str, failed: bool = False) -> Markup:
    """A heading inside a section. failed: it reports a failure."""
    return Markup("<h3{}>{}</h3>").format(Markup(' class="failed"') if failed else "", text)


def link(text: str, address: str) -> Markup:
    """A link to a page in the same folder."""
    return Markup('<a href="{}">{}</a>').format(address, text)


def folded(summary: str, blocks: Sequence[Markup]) -> Markup:
    """Blocks behind a summary line that expands them."""
    return Markup("<details><summary>{}</summary>{}</details>").format(summary, Markup("\n").join(blocks))


def page(title: str, sections: Sequence[Section], notice: str = "", lead: str = "") -> str:
    """The page as text. notice: a banner, such as that all figures are SYNTHETIC; lead: a line under the title."""
    return str(_render("page", title=title, sections=sections, notice=notice, lead=lead)).strip() + "\n"


def write(path: Path, title: str, sections: Sequence[Section], notice: str = "", lead: str = "") -> None:
    """Write the page atomically."""
    write_text(path, page(title, sections, notice, lead))


def _shown(cell: object) -> str | Markup:
    if isinstance(cell, Markup):
        return cell
    if cell is None:
        return "–"
    return f"{cell:.3f}" if isinstance(cell, float) else str(cell)


def _is_number(text: str) -> bool:
    return re.match(r"[-−+<≤]?\s?[\d.]|–$|$", text) is not None


def _render(macro: str, **values: object) -> Markup:
    return Markup(getattr(_template(), macro)(**values))


@cache
def _template() -> jinja2.environment.TemplateModule:
    loader = jinja2.FileSystemLoader(Path(__file__).parent)
    environment = jinja2.Environment(
        loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    return environment.get_template("page.html").module
