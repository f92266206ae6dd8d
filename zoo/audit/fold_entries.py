"""Read the rows of a fold file of any format: the columns or keys of each recording, as named in the file."""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import polars as pl

from zoo.errors import ZooError

SPLIT_WORDS = {
    **dict.fromkeys(("train", "training", "trn", "trainset"), "train"),
    **dict.fromkeys(("dev", "devel", "development", "val", "valid", "validation", "devset"), "dev"),
    **dict.fromkeys(("test", "testing", "tst", "testset"), "test"),
}
PATHS = (
    *("path", "file", "wav", "audio", "audio_path", "wav_path", "file_path", "filepath", "audio_filepath"),
    *("filename", "file_name", "audio_file"),
)
KEYS = ("utterance_id", "key", "id", "utt_id", "utt", "uttid", "name", "file_id", "segment_id")
FOLD = re.compile(r"(?<![a-z])(?:fold|session|split|cv)[ _-]?(\d+)", re.IGNORECASE)
LISTS = (".txt", ".lst")  # lists of paths or keys, without columns
_AUDIO = re.compile(r"\.(wav|flac|mp3|ogg|opus|m4a|aiff?|sph|mp4|avi)$", re.IGNORECASE)
_INSIDE = ("meta_data", "data", "utterances", "samples", "segments", "files", "items", "rows")
Row = dict[str, Any]


def entries(path: Path) -> list[Row]:
    """The rows of a file. Raises ZooError for a file that is missing, damaged or of an unknown format."""
    if not path.exists():
        problem = "is a broken link" if path.is_symlink() else "does not exist"
        raise ZooError(f"{path} {problem}", "name fold files that exist")
    if path.suffix.lower() not in SUFFIXES:
        raise ZooError(f"{path} is not a fold file", f"known formats: {', '.join(SUFFIXES)}")
    try:
        return list(_READERS[path.suffix.lower()](path))
    except UnicodeDecodeError as error:
        raise ZooError(f"{path} cannot be read: it is not in UTF-8", "save it as UTF-8") from error
    except (OSError, json.JSONDecodeError, csv.Error, pl.exceptions.PolarsError, RecursionError) as error:
        raise ZooError(
            f"{path} cannot be read: {' '.join(str(error).split())}", "check that the file is complete"
        ) from error


def first(entry: Row, names: Iterable[str]) -> str | None:
    """The value of the first of the named columns that is not empty."""
    for name in names:
        value = entry.get(name)
        if isinstance(value, dict):  # audio objects, as in Hugging Face datasets
            value = value.get("path")
        if value is not None and not isinstance(value, (list, bool)) and str(value).strip():
            return str(value).strip()
    return None


def _text(path: Path) -> str:
    text = path.read_text(encoding="utf-8-sig")
    if (place := text.find("\0")) >= 0:  # UTF-16 without a byte-order mark
        raise UnicodeDecodeError("utf-8", text.encode(), place, place + 1, "zero byte")
    return text


def _parquet(path: Path) -> Iterator[Row]:
    yield from pl.read_parquet(path).iter_rows(named=True)


def _csv(path: Path) -> Iterator[Row]:
    """Rows by their header; without a header, the column with audio files is the path."""
    text = _text(path)
    delimiter = max(",\t;|", key=text.partition("\n")[0].count)
    lines = [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if any(row)]
    if not lines:
        return
    header, *rest = lines
    places = [place for place, cell in enumerate(header) if _AUDIO.search(cell.strip())]
    if places:
        yield from ({"path": row[places[0]]} for row in lines if len(row) > places[0])
    else:
        yield from (dict(zip(header, row, strict=False)) for row in rest)


def _list(path: Path) -> Iterator[Row]:
    """One path or key per line, or as its first word."""
    for line in _text(path).splitlines():
        if line.strip():
            yield {"path": line.strip() if _AUDIO.search(line.strip()) else line.split()[0]}


def _json_lines(path: Path) -> Iterator[Row]:
    text, start = _text(path), 0
    for line in text.split("\n"):
        try:
            content = json.loads(line) if line.strip() else []
        except json.JSONDecodeError as error:
            raise json.JSONDecodeError(
                error.msg, text, start + error.pos
            ) from error  # reports the line of the whole file
        yield from _entries(content, {})
        start += len(line) + 1


def _json(path: Path) -> Iterator[Row]:
    try:
        content = json.loads(_text(path))
    except json.JSONDecodeError as error:
        if error.msg != "Extra data":  # JSON lines with the suffix .json
            raise
        yield from _json_lines(path)
        return
    yield from _entries(content, {})


def _entries(value: Any, outer: Row) -> Iterator[Row]:
    """The rows in lists, in dicts by split, fold or key, and in the value of a dict that holds the rows."""
    if isinstance(value, str):
        yield outer | {"path": value}
    elif isinstance(value, list):
        for item in value:
            yield from _entries(item, outer)
    elif isinstance(value, dict):
        by_name = {str(name).lower(): inner for name, inner in value.items()}
        keyed = "key" in outer and any(not isinstance(inner, (list, dict)) for inner in value.values())
        if keyed or first(by_name, (*PATHS, *KEYS)) is not None:
            yield outer | value
        elif nested := [name for name in _INSIDE if isinstance(value.get(name), (list, dict))]:
            yield from _entries(value[nested[0]], outer)
        else:
            for name, inner in value.items():
                if isinstance(inner, (list, dict)):
                    yield from _entries(inner, outer | _stated_by(str(name), inner))


def _stated_by(name: str, inner: Any) -> Row:
    """What a key of a dict states about the rows below it."""
    if (split := SPLIT_WORDS.get(name.strip().lower())) is not None:
        return {"split": split}
    if (match := FOLD.fullmatch(name.strip())) or (isinstance(inner, dict) and name.isdigit()):
        return {"fold": str(int(match[1] if match else name))}
    return {"key": name}


_READERS = {
    ".parquet": _parquet,
    ".csv": _csv,
    ".tsv": _csv,
    ".json": _json,
    ".jsonl": _json_lines,
    ".ndjson": _json_lines,
    ".txt": _list,
    ".lst": _list,
}

SUFFIXES = tuple(_READERS)
