"""Self-contained pages from sections, tables and figures: the only place that writes HTML.

A page is one file: style and figures are inside it, it loads nothing, runs no script, and suits light and
dark themes, desktop and phone. Text is escaped; only what the functions here return is taken as HTML.
"""

import base64
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import jinja2
from markupsafe import Markup

from zoo.files import write_text

_INTERVAL = re.compile(r"([^\[\]]*\d) (\[[^]]*\].*)")

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


def paragraph(text: str | Markup) -> Markup:
    """A paragraph. Words between backquotes are set as code."""
    if isinstance(text, Markup):
        return Markup("<p>{}</p>").format(text)
    pieces = text.split("`")
    if len(pieces) % 2 == 0:  # an unpaired backquote is just a backquote
        pieces = [text]
    parts = [
        Markup("<code>{}</code>").format(piece) if at % 2 else Markup.escape(piece) for at, piece in enumerate(pieces)
    ]
    return Markup("<p>{}</p>").format(Markup().join(parts))


def table(
    columns: Sequence[str | Markup],
    rows: Iterable[Sequence[object]],
    caption: str = "",
    emphasise: Collection[int] = (),
    failed: Collection[int] = (),
    notes: Sequence[str] = (),
) -> Markup:
    """A table that scrolls horizontally if it is wider than the page, with shadows at the ends that are cut off.

    rows: a sequence of cells each, as many as there are columns; floats are shown with three decimals, None as a dash.
    The first cell of a row is its heading. Columns of numbers are right-aligned.
    An interval after a figure, `0.712 [0.655, 0.769]`, goes to a line of its own where the screen is narrow.
    emphasise: numbers of the rows (from 0) that are highlighted. failed: numbers of the rows that report a failure.
    notes: sentences below the table, such as what its signs mean.
    """
    cells = [[_shown(cell) for cell in row] for row in rows]
    numeric = [all(_is_number(row[at]) for row in cells) for at in range(len(columns))]
    marks = {**dict.fromkeys(emphasise, "emphasised"), **dict.fromkeys(failed, "failed")}
    shown = [[_apart(cell) if at else _breakable(cell) for at, cell in enumerate(row)] for row in cells]
    lengths = [[len(cell) for cell in row] for row in cells]
    return _render(
        "table",
        columns=columns,
        rows=shown,
        lengths=lengths,
        caption=caption,
        marks=marks,
        numeric=numeric,
        notes=notes,
    )


def figure(svg: str, caption: str, notes: Sequence[str] = (), alt: str = "") -> Markup:
    """A figure from the text of an SVG file, drawn inside the page. The colour INK follows the page's theme.

    notes: sentences below the caption, such as what its signs mean. alt: what it shows, for those who do not see it, if
    the caption does not say it.
    """
    drawing = svg[svg.index("<svg") :].replace(INK, "currentColor")
    return _render("figure", drawing=Markup(drawing), caption=caption, notes=notes, alt=alt or caption)


def audio(content: bytes, media_type: str, name: str) -> Markup:
    """A player of a recording, which is inside the page. name: of the recording, for screen readers."""
    address = f"data:{media_type};base64,{base64.b64encode(content).decode()}"
    return Markup('<audio controls preload="none" aria-label="{}" src="{}"></audio>').format(name, address)


def gallery(figures: Sequence[Markup]) -> Markup:
    """Figures side by side, as many as the width allows."""
    return Markup('<div class="gallery">{}</div>').format(Markup("\n").join(figures))


def subtitle(text: str | Markup, failed: bool = False) -> Markup:
    """A heading inside a section. failed: it reports a failure."""
    return Markup("<h3{}>{}</h3>").format(Markup(' class="failed"') if failed else "", text)


def icon(signs: str, meaning: str) -> Markup:
    """Signs that stand for something, and what that is for screen readers and as a tooltip."""
    return Markup('<span class="icon" role="img" aria-label="{}" title="{}">{}</span>').format(meaning, meaning, signs)


def link(text: str, address: str) -> Markup:
    """A link to a page in the same folder."""
    return Markup('<a href="{}">{}</a>').format(address, text)


def folded(summary: str | Markup, blocks: Sequence[Markup]) -> Markup:
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


def _apart(cell: str | Markup) -> str | Markup:
    """A figure and its interval, which may be broken between them and nowhere else."""
    if isinstance(cell, Markup) or (found := _INTERVAL.fullmatch(cell)) is None:
        return cell
    return Markup('{} <span class="interval">{}</span>').format(*found.groups())


def _breakable(name: str | Markup) -> str | Markup:
    """A name that may be broken after its underscores."""
    return name if isinstance(name, Markup) else Markup("_<wbr>").join(name.split("_"))


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
