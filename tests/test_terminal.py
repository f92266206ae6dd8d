"""Tables on the terminal and in pipes."""

import io
import json
import sys
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
    lines = terminal.text(HEAD, ROWS, right=[1], title="a title that is wider than thirty")
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


# a title, a cleared screen, a bell, a new line, reversed text, an invisible letter, a byte that is no text, C1's CSI
OBEYED = "\x1b]0;owned\x07 \x1b[2J \x07 \n \u202e \u200b \udcff \x9b \u2028"


def test_nothing_that_a_terminal_obeys_is_printed() -> None:
    line = terminal.escaped(OBEYED)
    assert line.isprintable()
    assert line.startswith(r"\u001b]0;owned\u0007 \u001b[2J")
    assert json.loads(f'"{line}"') == OBEYED
    assert terminal.escaped("Straße – 東京, 95\N{NO-BREAK SPACE}%") == "Straße – 東京, 95\N{NO-BREAK SPACE}%"


def test_tables_and_titles_are_escaped() -> None:
    file = StringIO()
    console = Console(file=file, width=200, force_terminal=True, color_system=None)
    terminal.show(console, [OBEYED], [[OBEYED], [Text(OBEYED, "red")]], title=OBEYED)
    assert all(line.isprintable() for line in file.getvalue().splitlines())
    assert len(file.getvalue().splitlines()) == 4


def test_several_lines_are_printed_as_such(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.say("one\n\x1b[31mtwo")
    terminal.say("three", err=True)
    assert capsys.readouterr() == ("one\n\\u001b[31mtwo\n", "three\n")


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp437", "latin-1", "utf-8"])
def test_any_encoding_of_a_terminal_will_do(monkeypatch: pytest.MonkeyPatch, encoding: str) -> None:
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding=encoding, errors="strict"))
    terminal.replace_what_cannot_be_encoded()
    terminal.say("UAR ≥ 0.5 – 東 …")
    terminal.say(terminal.json_text({"file": "東–"}))
    if encoding == "ascii":
        assert written.getvalue().startswith(b"UAR >= 0.5 - \\u6771 ...\n")
    assert json.loads(written.getvalue().partition(b"\n")[2].decode(encoding)) == {"file": "東–"}
