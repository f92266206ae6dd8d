"""Tables on the terminal and in pipes."""

from io import StringIO

import pytest
from rich.console import Console
from rich.text import Text

from zoo import terminal

HEAD = ("name", "UAR", "where")
LONG = "s3://bucket/" + "models/" * 40
ROWS = [("cnn@emodb", "0.613", LONG), ("[bold]x[/]", "1", "here")]


def test_a_pipe_gets_full_lines_without_colours_or_markup(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    lines = terminal.text(HEAD, ROWS, right=[1], title="a title that is wider than thirty", styles={0: "bold red"})
    assert lines.splitlines() == [
        "a title that is wider than thirty",
        "name          UAR  where",
        f"cnn@emodb   0.613  {LONG}",
        "[bold]x[/]      1  here",
    ]


def test_a_file_gets_the_same_as_a_pipe() -> None:
    file = StringIO()
    terminal.show(Console(file=file, width=20), HEAD, ROWS, right=[1])
    assert file.getvalue() == terminal.text(HEAD, ROWS, right=[1]) + "\n"


def test_a_narrow_terminal_wraps_text_and_drops_nothing() -> None:
    file = StringIO()
    console = Console(file=file, width=40, force_terminal=True, color_system="standard")
    terminal.show(console, HEAD, ROWS, right=[1], styles={0: "red"})
    text = Text.from_ansi(file.getvalue()).plain
    assert "\x1b[31m" in file.getvalue()
    assert "…" not in text
    assert max(map(len, text.splitlines())) <= 40
    assert "0.613" in text
    assert LONG in "".join(line.split()[-1] for line in text.splitlines()[1:])


def test_a_table_without_rows_is_its_header() -> None:
    assert terminal.text(HEAD, []) == "name  UAR  where"
