"""What commands print: text without control characters, in the encoding of the terminal; tables; progress bars."""

import codecs
import io
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar
from unicodedata import category

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from zoo.errors import ZooError

T = TypeVar("T")
_UNLIMITED_WIDTH = 100_000  # characters, for pipes and files: nothing is wrapped or truncated there
_REPLACING = "zoo.replacing"  # the name of our error handler among Python's codecs
# what is printed for characters that an encoding lacks; all others become escapes
_IN_ASCII = {
    **dict.fromkeys("‐‑‒–—−", "-"),
    **dict.fromkeys("‘’", "'"),
    **dict.fromkeys("“”", '"'),
    **dict.fromkeys("\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}", " "),
    **{"…": "...", "·": "-", "•": "*", "→": "->", "≥": ">=", "≤": "<=", "≈": "~", "×": "x", "±": "+/-"},
}


def escaped(text: object) -> str:
    r"""The text in one line, with escapes instead of what a terminal obeys or does not show.

    That is every character of control or format (also line breaks, tabs and those that reverse the direction of text),
    and bytes that are no text. The escapes are those of JSON, in which this is the same text.

    >>> print(escaped("a\x1b[2J\nb"))
    a\u001b[2J\nb
    """
    line = str(text)
    if line.isprintable():
        return line
    return "".join(sign if sign.isprintable() or category(sign) == "Zs" else _escape(sign) for sign in line)


def _escape(sign: str) -> str:
    return json.dumps(sign)[1:-1]


def say(text: object = "", *, err: bool = False) -> None:
    """Print text of one or several lines to standard output, or to standard error. Everything is printed here."""
    lines = str(text).split("\n")
    print("\n".join(map(escaped, lines)), file=sys.stderr if err else sys.stdout, flush=True)


def say_error(error: "ZooError") -> None:
    """Print a problem and its hint to standard error, in a line each."""
    say(f"error: {escaped(error.message)}", err=True)
    if error.hint:
        say(f"hint: {escaped(error.hint)}", err=True)


def json_text(value: Any) -> str:
    """JSON with indentation, in characters that standard output has."""
    is_unicode = (sys.stdout.encoding or "").lower().startswith("utf")
    return json.dumps(value, indent=2, ensure_ascii=not is_unicode)


def replace_what_cannot_be_encoded() -> None:
    """Let standard output and error print an ASCII spelling of what their encoding lacks, instead of an exception."""
    codecs.register_error(_REPLACING, _replaced)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_REPLACING)


def _replaced(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join(_IN_ASCII.get(sign) or _escape(sign) for sign in lacking), error.end


def with_bar(steps: Iterable[T], what: str, total: int | None = None) -> Iterator[T]:
    """The steps, with a progress bar on a terminal (on standard error, gone when they end).

    total: how many there are, if `steps` has no length.
    """
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    return iter(track(steps, escaped(what), total, console=console, transient=True, disable=not console.is_terminal))


def show(
    console: "Console",
    head: Sequence[str],
    rows: Iterable[Sequence["str | Text"]],
    right: Iterable[int] = (),
    title: str = "",
    styles: Mapping[int, str] | None = None,
) -> None:
    """Print a table; in a terminal it is fitted to the width, elsewhere every row is one line without colours.

    rows: a cell for every column of `head`, without markup. right: indices of the right-aligned columns. title: a line
    above the table. styles: index of a row -> name of a rich style.
    """
    from rich.text import Text

    if title:
        console.print(Text(escaped(title), style="bold"), soft_wrap=True)
    table = _table(head, rows, set(right), styles or {})
    if console.is_terminal:
        console.print(table)
    else:
        console.out(_plain(table), highlight=False)


def text(
    head: Sequence[str],
    rows: Iterable[Sequence["str | Text"]],
    right: Iterable[int] = (),
    title: str = "",
) -> str:
    """What `show` would print to standard output, without colours and without the last line break."""
    from rich.console import Console

    console = Console(color_system=None)
    with console.capture() as captured:
        show(console, head, rows, right, title)
    return captured.get().rstrip("\n")


def _table(
    head: Sequence[str], rows: Iterable[Sequence["str | Text"]], right: set[int], styles: Mapping[int, str]
) -> "Table":
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False)
    for index, name in enumerate(head):
        # rich narrows text columns first, and wraps text that does not fit instead of truncating it
        table.add_column(
            Text(escaped(name)), justify="right" if index in right else "left", no_wrap=index in right, overflow="fold"
        )
    for index, row in enumerate(rows):
        cells = (Text(escaped(cell), cell.style) if isinstance(cell, Text) else Text(escaped(cell)) for cell in row)
        table.add_row(*cells, style=styles.get(index))
    return table


def _plain(table: "Table") -> str:
    from io import StringIO

    from rich.console import Console

    console = Console(file=StringIO(), width=_UNLIMITED_WIDTH, color_system=None, force_terminal=False)
    with console.capture() as captured:
        console.print(table)
    return "\n".join(line.rstrip() for line in captured.get().splitlines())
