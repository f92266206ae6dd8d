"""Which format a file has, by its name and content, and its rows."""

from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

from zoo.errors import WRONG_USAGE, ZooError
from zoo.files import is_file, is_folder, named
from zoo.listings import columnar, delimited, nested
from zoo.listings.delimited import Placed
from zoo.listings.encodings import text_of

LISTS = (".txt", ".lst")  # lists of paths or keys, without columns; tables if they have a header
SUFFIXES = (".parquet", ".csv", ".tsv", ".json", ".jsonl", ".ndjson", *LISTS)  # other names are read by their content
_KNOWN = "known formats: CSV, TSV, JSON, JSON lines, Parquet and plain lists"
_PICKLES = (b"\x80\2", b"\x80\3", b"\x80\4", b"\x80\5")  # protocols 2 to 5
_FOREIGN = {
    b"PK\x03\x04": "a workbook or zip file",
    b"\xd0\xcf\x11\xe0": "an Excel workbook",
    b"\x1f\x8b": "compressed",
    b"ARROW1": "an Arrow file",
    b"RIFF": "audio",
    b"fLaC": "audio",
    b"OggS": "audio",
    b"%PDF": "a PDF",
}


def placed_rows(path: Path) -> Iterator[Placed]:
    """The place of each row in a file, and its cells by the names of the columns.

    Raises ZooError for what is missing, damaged or no table.
    """
    _require_file(path)
    try:
        with path.open("rb") as file:
            start = file.read(8)
        _refuse_foreign(path, start)
        if start.startswith(b"PAR1") or path.suffix.lower() == ".parquet":
            yield from columnar.rows(path)
            return
        text = text_of(path)
    except OSError as error:
        raise ZooError(
            f"{named(path)} cannot be read: {error.strerror}", "check the file's permissions", WRONG_USAGE
        ) from error
    if path.suffix.lower().startswith((".json", ".ndjson")) or text.lstrip()[:1] in ("{", "["):
        yield from nested.rows(path, text) if text.strip() else ()
    elif path.suffix.lower() in LISTS and not delimited.is_table(text):
        yield from delimited.listed(text)
    else:
        yield from delimited.rows(path, text)


def _require_file(path: Path) -> None:
    if is_file(path):
        return
    if is_folder(path):
        raise ZooError(f"{named(path)} is a folder", "name a file in it", WRONG_USAGE)
    beside = [other.name for other in path.parent.glob("*") if is_file(other)] if is_folder(path.parent) else []
    near = get_close_matches(path.name, beside, cutoff=0.75)
    hint = f"did you mean {path.parent / near[0]}?" if near else "check the path"
    problem = "is a broken link" if _is_link(path) else "is missing"
    raise ZooError(f"{named(path)} {problem}", hint, WRONG_USAGE)


def _is_link(path: Path) -> bool:
    try:
        return path.is_symlink()
    except (OSError, ValueError):
        return False


def _refuse_foreign(path: Path, start: bytes) -> None:
    if path.suffix.lower() in (".pkl", ".pickle") or start.startswith(_PICKLES):
        hint = "save the table as CSV or Parquet (in audformat: storage_format='csv')"
        raise ZooError(f"{named(path)} is a pickle, which can run programs when it is read", hint, WRONG_USAGE)
    for magic, what in _FOREIGN.items():
        if start.startswith(magic):
            raise ZooError(f"{named(path)} is {what}, not a table that zoo reads", _hint(what), WRONG_USAGE)


def _hint(what: str) -> str:
    return {"compressed": "unpack it first"}.get(what, f"save the table as CSV; {_KNOWN}")
