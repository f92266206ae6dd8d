"""The rows of CSV, TSV and other tables of text with separators, and of plain lists."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from zoo.errors import WRONG_USAGE, ZooError
from zoo.files import named
from zoo.listings.names import ROLES, is_named
from zoo.listings.suffixes import AUDIO

_MARKS = ",\t;|"
_EXCEL = re.compile(r"sep=(.)[^\n]*(?:\n|$)", re.IGNORECASE)  # a first line of Excel's
Placed = tuple[str, dict[str, Any]]  # the place of a row, such as `line 7`, and its cells by the names of the columns
Record = tuple[int, list[str]]  # the line that it starts in, and its cells


def rows(path: Path, text: str) -> Iterator[Placed]:
    """The rows by their header; without a header, the column with audio files is the path, and others have numbers.

    Empty lines are skipped, and empty cells after the last column. Raises ZooError for two columns of one name, for a
    row with another number of cells, and for quotes without end, naming the line.
    """
    text, skipped = re.sub(r"\r\n?", "\n", text), 0
    if excel := _EXCEL.match(text):
        text, skipped = text[excel.end() :], 1
    mark = excel[1] if excel else separator(text)
    records = ((line + skipped, cells) for line, cells in _records(path, text, mark, skipped) if any(cells))
    first = next(records, None)
    if first is None:
        return
    header = first[1]
    if audio := [place for place, cell in enumerate(header) if AUDIO.search(cell)]:
        for line, cells in (first, *records):
            if len(cells) > audio[0]:
                numbered = {f"column {place}": cell for place, cell in enumerate(cells, start=1)}
                del numbered[f"column {audio[0] + 1}"]
                yield f"line {line}", {"path": cells[audio[0]], **numbered}
        return
    while not header[-1]:
        header.pop()
    _require_distinct(path, header)
    for line, cells in records:
        if len(cells) > len(header) and not any(cells[len(header) :]):
            cells = cells[: len(header)]
        if len(cells) != len(header):
            columns = f"{len(header)} column{'s' if len(header) > 1 else ''}"
            raise ZooError(
                f"{named(path)}, line {line}: {len(cells)} cells, but the first line names {columns}",
                "the first line must name every column; quote cells that hold the separator",
                WRONG_USAGE,
            )
        yield f"line {line}", {name: cell for name, cell in zip(header, cells, strict=True) if name}


def separator(text: str) -> str:
    """The separator that gives the first line with content most known names of columns, then most cells."""
    head = next((line for line in text.split("\n") if line.strip()), "")
    bare = re.sub(r'"[^"]*"', "", head)  # separators in quotes are none

    def cells(mark: str) -> tuple[int, int]:
        known = [cell for cell in head.split(mark) if is_named(cell.strip().strip('"'), *ROLES)]
        return len(known), bare.count(mark)

    return max(_MARKS, key=cells)


def is_table(text: str) -> bool:
    """Whether a file that may be a plain list starts with a header that names a column of recordings."""
    head = next((line for line in text.splitlines() if line.strip()), "")
    if _EXCEL.match(head):
        return True
    return any(is_named(cell.strip().strip('"'), "path", "key") for cell in head.split(separator(head)))


def listed(text: str) -> Iterator[Placed]:
    """The rows of a plain list: one path or key per line, or as its first word."""
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), start=1):
        if line.strip():
            yield f"line {number}", {"path": line.strip() if AUDIO.search(line.strip()) else line.split()[0]}


def _records(path: Path, text: str, mark: str, skipped: int) -> Iterator[Record]:
    """All records; where quotes are not used as such, as in many files with tabs or pipes, they are characters."""
    try:
        return iter(list(_read(text, mark, csv.QUOTE_MINIMAL)))
    except _UnreadableError as error:
        plain = list(_read(text, mark, csv.QUOTE_NONE))
        if mark in "\t|" and len({len(cells) for _, cells in plain if any(cells)}) == 1:
            return iter(plain)
        message = f"{named(path)}, line {error.line + skipped}: {error}"
        raise ZooError(message, "check the quotes: each must be closed, and doubled inside of quotes", 2) from error


class _UnreadableError(Exception):
    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


def _read(text: str, mark: str, quoting: Any) -> Iterator[Record]:
    limit = csv.field_size_limit(max(len(text), 1))  # a cell may be as long as the file
    try:
        reader = csv.reader(
            io.StringIO(text, newline=""), delimiter=mark, quoting=quoting, strict=True, skipinitialspace=True
        )
        start = 1
        try:
            for cells in reader:
                yield start, [cell.strip() for cell in cells]
                start = reader.line_num + 1
        except csv.Error as error:
            raise _UnreadableError(start, str(error)) from error
    finally:
        csv.field_size_limit(limit)


def _require_distinct(path: Path, header: list[str]) -> None:
    for place, name in enumerate(header):
        if name and name in header[:place]:
            both = f"columns {header.index(name) + 1} and {place + 1}"
            raise ZooError(
                f"{named(path)} has two columns '{named(name)}' ({both})", "remove or rename one of them", WRONG_USAGE
            )
