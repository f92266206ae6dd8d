"""Tables as commands print them: plain columns, at full width when written to a pipe or file."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

_UNLIMITED_WIDTH = 100_000  # characters, for pipes and files: nothing is wrapped or truncated there


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
        console.print(Text(title, style="bold"), soft_wrap=True)
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
    styles: Mapping[int, str] | None = None,
) -> str:
    """What `show` would print to standard output, without the last line break."""
    from rich.console import Console

    console = Console()
    with console.capture() as captured:
        show(console, head, rows, right, title, styles)
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
            Text(name), justify="right" if index in right else "left", no_wrap=index in right, overflow="fold"
        )
    for index, row in enumerate(rows):
        table.add_row(*(cell if isinstance(cell, Text) else Text(cell) for cell in row), style=styles.get(index))
    return table


def _plain(table: "Table") -> str:
    from io import StringIO

    from rich.console import Console

    console = Console(file=StringIO(), width=_UNLIMITED_WIDTH, color_system=None, force_terminal=False)
    with console.capture() as captured:
        console.print(table)
    return "\n".join(line.rstrip() for line in captured.get().splitlines())
