"""The rows of JSON and JSON lines, however they are nested: by split, by fold, by key, or as columns."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from zoo.errors import WRONG_USAGE, ZooError
from zoo.files import named
from zoo.listings.cells import text as text_of
from zoo.listings.delimited import Placed
from zoo.listings.names import FOLD, SPLIT_WORDS, is_named

_INSIDE = ("meta_data", "data", "utterances", "samples", "segments", "files", "items", "rows")
Entry = dict[str, Any]


def rows(path: Path, text: str) -> Iterator[Placed]:
    """The rows of a JSON file, or of one with a JSON value in each line. Raises ZooError naming line and column."""
    try:
        try:
            content = _parsed(path, text)
        except json.JSONDecodeError as error:
            if error.msg != "Extra data":
                raise
            yield from _of_lines(path, text)
            return
        for number, entry in enumerate(_entries(content, {}), start=1):
            yield f"row {number}", entry
    except (ValueError, RecursionError) as error:
        raise ZooError(
            f"{named(path)} cannot be read: it is neither JSON nor JSON lines: {' '.join(str(error).split())}",
            "check that the file is complete: one object for each recording",
            WRONG_USAGE,
        ) from error


def _of_lines(path: Path, text: str) -> Iterator[Placed]:
    start = 0
    for number, line in enumerate(text.split("\n"), start=1):
        try:
            content = _parsed(path, line) if line.strip() else []
        except json.JSONDecodeError as error:
            # reports the line of the whole file
            raise json.JSONDecodeError(error.msg, text, start + error.pos) from error
        for entry in _entries(content, {}):
            yield f"line {number}", entry
        start += len(line) + 1


def _parsed(path: Path, text: str) -> Any:
    def distinct(pairs: list[tuple[str, Any]]) -> Entry:
        found = dict(pairs)
        if len(found) < len(pairs):
            names = [name for name, _ in pairs]
            twice = next(name for name in names if names.count(name) > 1)
            raise ZooError(
                f"{named(path)} has an object with two values of '{named(twice)}'", "remove one of them", WRONG_USAGE
            )
        return found

    return json.loads(text, object_pairs_hook=distinct)


def _entries(value: Any, outer: Entry) -> Iterator[Entry]:
    """The rows in lists, in dicts by split, fold or key, and in the value of a dict that holds the rows."""
    if isinstance(value, str):
        yield outer | {"path": value}
    elif isinstance(value, list):
        for item in value:
            if isinstance(item, dict) and not any(isinstance(inner, (dict, list)) for inner in item.values()):
                yield outer | item
            else:
                yield from _entries(item, outer)
    elif isinstance(value, dict):
        keyed = "key" in outer and any(not isinstance(inner, (list, dict)) for inner in value.values())
        if keyed or _names_a_recording(value):
            yield outer | value
        elif (columns := _columns(value)) is not None:
            yield from (outer | entry for entry in columns)
        elif nested := [name for name in _INSIDE if isinstance(value.get(name), (list, dict))]:
            yield from _entries(value[nested[0]], outer)
        else:
            for name, inner in value.items():
                if isinstance(inner, (list, dict)):
                    yield from _entries(inner, outer | _stated_by(name, inner))


def _names_a_recording(value: Entry) -> bool:
    """Whether a dict is a row; the name of a data set beside its splits or rows is none."""
    if any(is_named(name, "path") and text_of(inner) for name, inner in value.items()):
        return True
    holds = any(
        isinstance(inner, (list, dict)) and inner and (name in _INSIDE or name.lower() in SPLIT_WORDS)
        for name, inner in value.items()
    )
    return not holds and any(is_named(name, "key") and text_of(inner) for name, inner in value.items())


def _columns(value: Entry) -> list[Entry] | None:
    """The rows of a dict of columns: lists, dicts by the number of the row, or names and rows apart, as pandas does."""
    if isinstance(value.get("columns"), list) and isinstance(value.get("data"), list):  # as pandas splits them
        rows = [row for row in value["data"] if isinstance(row, list)]
        return [dict(zip(map(str, value["columns"]), row, strict=False)) for row in rows] if rows else None
    if not any(is_named(name, "path", "key") for name in value):
        return None
    lists = [list(inner.values()) if isinstance(inner, dict) else inner for inner in value.values()]
    if len({(type(inner), len(inner) if isinstance(inner, list) else 0) for inner in lists}) != 1:
        return None
    if not isinstance(lists[0], list):
        return None
    return [dict(zip(value, cells, strict=True)) for cells in zip(*lists, strict=True)]


def _stated_by(name: str, inner: Any) -> Entry:
    """What a key of a dict states about the rows below it."""
    if (split := SPLIT_WORDS.get(name.strip().lower())) is not None:
        return {"split": split}
    if match := FOLD.fullmatch(name.strip()):
        return {"fold": str(int(match[1]))}
    if isinstance(inner, dict) and name.isdigit():  # a fold, unless it is the number of a row, as pandas writes them
        if _names_a_recording(inner):
            return {}
        if all(isinstance(one, (list, dict)) for one in inner.values()):
            return {"fold": str(int(name))}
    return {"key": name}
