"""Listings: tables of recordings that somebody else wrote, in any common format, with any common names of columns.

Read are CSV, TSV, and tables with semicolons or pipes; JSON and JSON lines, nested by split, fold or key; Parquet,
those of audformat and Hugging Face too; and plain lists. A column is known by its role (`path`, `label`, `speaker`, …:
`zoo.listings.names.ROLES`), whatever its name.

>>> import tempfile
>>> table = Path(tempfile.mkdtemp()) / "mine.csv"
>>> _ = table.write_text("File;Emotion;Speaker ID;votes\\na.wav;anger;s1;3\\n\\nb.wav;fear;s2;5\\n")
>>> listing = read(table)
>>> listing.columns
{'path': 'File', 'label': 'Emotion', 'speaker': 'Speaker ID'}
>>> listing.require("path", "label")         # an error that names a missing column, or says that there are no rows
>>> first, second = listing.rows
>>> second.cells, second.other, second.place
({'path': 'b.wav', 'label': 'fear', 'speaker': 's2'}, {'votes': '5'}, 'line 4')
>>> listing.filled(first, "label")           # an error that names line and column where the cell is empty
'anger'
"""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from zoo.errors import WRONG_USAGE, ZooError
from zoo.files import named
from zoo.listings import names
from zoo.listings.cells import text
from zoo.listings.formats import placed_rows
from zoo.listings.suffixes import AUDIO


@dataclass(frozen=True, slots=True)
class Row:
    """A row. file, place: where it is, such as `mine.csv` and `line 7`. cells: role -> text, without the empty ones.

    other: the columns without a role, by their own names, with their values as the file has them.
    """

    file: str
    place: str
    cells: dict[str, str]
    other: dict[str, Any]

    @property
    def where(self) -> str:
        """File and line, for messages."""
        return f"{self.file}, {self.place}"


@dataclass(frozen=True)
class Listing:
    """The rows of a file. names: of all its columns. columns: role -> the name of the column with it."""

    path: Path
    names: list[str]
    columns: dict[str, str]
    rows: list[Row]

    def require(self, *roles: str) -> None:
        """Raise ZooError if there are no rows, or no column with one of the roles."""
        if not self.rows:
            hint = f"one row for each, with the columns {', '.join(roles)}"
            raise ZooError(f"{named(self.path)} lists no recordings", hint, WRONG_USAGE)
        for role in roles:
            if role not in self.columns:
                raise ZooError(
                    f"{named(self.path)} has no column '{role}' (it has {named(', '.join(self.names)) or 'none'})",
                    names.hint(role, self.names),
                    WRONG_USAGE,
                )

    def filled(self, row: Row, role: str) -> str:
        """The cell of a role. Raises ZooError if it is empty."""
        if (cell := row.cells.get(role)) is None:
            column = self.columns.get(role, role)
            raise ZooError(
                f"{row.where}: the column '{named(column)}' is empty", "fill it in, or remove the row", WRONG_USAGE
            )
        return cell


def read(path: Path, roles: Collection[str] = tuple(names.ROLES)) -> Listing:
    """The listing in a file. roles: what is asked for; other columns are `other`, whatever their name. If
    no name says which are the paths, they are in the only column with the name of an audio file in every row.

    Several columns may have one role where their values agree: of two, the first that is not empty counts. Paths agree
    if their names without folder and suffix do; keys are never compared.
    Raises ZooError naming file, line or column for what is missing, damaged or no table, for two columns of one name,
    and for two of one role that differ, such as `label` and `emotion`.
    """
    rows = list(placed_rows(path))
    present = list(dict.fromkeys(name for _, row in rows for name in row))
    columns = names.columns(present, roles)
    if "path" in roles and "path" not in columns and (files := _of_audio([row for _, row in rows], present)):
        columns = {role: [name for name in having if name != files] for role, having in columns.items()}
        columns = {"path": [files]} | {role: having for role, having in columns.items() if having}
    taken = {name for having in columns.values() for name in having}
    found, file = [], named(path)
    for place, row in rows:
        cells = {}
        for role, having in columns.items():
            values = {name: cell for name in having if (cell := text(row.get(name)))}
            if len(values) > 1 and role != "key":
                _require_agreement(path, place, role, values)
            if values:
                cells[role] = next(iter(values.values()))
        other = {name: value for name, value in row.items() if name not in taken}
        found.append(Row(file, place, cells, other))
    return Listing(path, present, {role: having[0] for role, having in columns.items()}, found)


def _of_audio(rows: list[dict[str, Any]], present: list[str]) -> str | None:
    """The only column whose cells all name audio files, such as `file_id` in nEMO's own table."""
    left = present
    for row in rows:
        left = [name for name in left if AUDIO.search(text(row.get(name)))]
    return left[0] if len(left) == 1 else None


def _require_agreement(path: Path, place: str, role: str, values: dict[str, str]) -> None:
    (first, one), *others = values.items()
    for second, other in others:
        if one != other and not (role == "path" and _stem(one) == _stem(other)):
            raise ZooError(
                f"{named(path)} has two columns for the {role} that differ: '{named(first)}' and '{named(second)}' "
                f"({place}: '{named(one)}' and '{named(other)}')",
                "remove or rename one of them",
                WRONG_USAGE,
            )


def _stem(path: str) -> str:
    return PurePosixPath(path.replace("\\", "/")).stem
