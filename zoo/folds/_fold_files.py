"""Fold files of ours and of others, read into one frame: which file names which recording in which split of which fold.

Understood are our FOLDS tables, and CSV, JSON, JSON lines and plain lists with a path or key per row. Split and fold
are told by columns or keys in the file, else by the names of file and folder.
"""

import csv
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from zoo.errors import ZooError

LISTED = {
    "source": pl.String(),  # the file
    "fold": pl.String(),
    "split": pl.String(),  # train, dev or test
    "listed": pl.String(),  # the recording's path or key, as it is in the file
    "key": pl.String(),  # its key where the file has both
    "dataset": pl.String(),  # the corpus, as the file calls it
    "said_speaker": pl.String(),  # as the file says; may be wrong
}
SPLITS = {
    **dict.fromkeys(("train", "training", "trn", "trainset"), "train"),
    **dict.fromkeys(("dev", "devel", "development", "val", "valid", "validation", "devset"), "dev"),
    **dict.fromkeys(("test", "testing", "tst", "testset"), "test"),
}
SUFFIXES = (".parquet", ".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".txt", ".lst")
_AUDIO = re.compile(r"\.(wav|flac|mp3|ogg|opus|m4a|aiff?|sph|mp4|avi)$", re.IGNORECASE)
_PATHS = (
    *("path", "file", "wav", "audio", "audio_path", "wav_path", "file_path", "filepath", "audio_filepath"),
    *("filename", "file_name", "audio_file"),
)
_KEYS = ("utterance_id", "key", "id", "utt_id", "utt", "uttid", "name", "file_id", "segment_id")
_COLUMNS = {
    "split": ("split", "set", "partition", "subset", "split_set", "usage"),
    "fold": ("fold", "fold_id", "cv_fold"),
    "dataset": ("dataset", "corpus", "database"),
    "said_speaker": ("speaker", "speaker_id", "spk", "spk_id", "spkrid", "actor"),
}
_FOLD = re.compile(r"(?<![a-z])(?:fold|session|split|cv)[ _-]?(\d+)", re.IGNORECASE)
_INSIDE = ("meta_data", "data", "utterances", "samples", "segments", "files", "items", "rows")
_FORMS = "rows need a path or key: path, file, wav, key, utterance_id, …"
Row = dict[str, Any]


def read(paths: Sequence[Path]) -> pl.DataFrame:
    """The LISTED rows of all files; folders stand for the fold files in them.

    A file with folds but without splits says in which fold each recording is tested; the other folds train then.
    Raises ZooError naming the file that is absent, damaged or tells no recording or split.
    """
    rows: list[Row] = []
    for path in _files(paths):
        found = [row | {"source": str(path)} for row in _rows(path)]
        if not found:
            raise ZooError(f"{path} lists no recording", _FORMS)
        rows += found
    _name_folds(rows)
    return _with_splits(pl.DataFrame([{name: row.get(name) for name in LISTED} for row in rows], schema=LISTED))


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            inside = [
                below
                for below in sorted(path.rglob("*"))
                if below.suffix.lower() in SUFFIXES and not below.name.startswith(".") and _told_split(below)
            ]
            if not inside:
                raise ZooError(f"{path} holds no file named for train, dev or test", "name the fold files themselves")
            yield from inside
        elif not path.exists():
            raise ZooError(f"{path} is not here", "name fold files that exist")
        elif path.suffix.lower() not in SUFFIXES:
            raise ZooError(f"{path} is no fold file", f"known are {', '.join(SUFFIXES)}")
        else:
            yield path


def _rows(path: Path) -> Iterator[Row]:
    """The rows of a file, with split and fold from its name where the rows do not say."""
    told = {"split": _told_split(path), "fold": _told_fold(path)}
    try:
        entries = list(_READERS[path.suffix.lower()](path))
    except (UnicodeDecodeError, json.JSONDecodeError, csv.Error, pl.exceptions.PolarsError, RecursionError) as error:
        raise ZooError(f"{path} cannot be read: {' '.join(str(error).split())}", "is it whole?") from error
    for entry in entries:
        row = _recognised(entry, path)
        yield {name: row.get(name) or told.get(name) for name in LISTED}


def _recognised(entry: Row, path: Path) -> Row:
    """An entry's columns by our names."""
    by_name = {re.sub(r"[ .-]+", "_", str(name).strip().lower()): value for name, value in entry.items()}
    named = {new: _first(by_name, names) for new, names in _COLUMNS.items()}
    file, key = _first(by_name, _PATHS), _first(by_name, _KEYS)
    if file is None and key is None:
        raise ZooError(f"{path}: no recording is named in {', '.join(map(str, entry)) or 'an empty row'}", _FORMS)
    if named["split"] is not None:
        named["split"] = _split_word(named["split"], path)
    return {**named, "listed": file or key, "key": key if file else None}


def _first(entry: Row, names: Iterable[str]) -> str | None:
    for name in names:
        value = entry.get(name)
        if isinstance(value, dict):  # data sets of audio objects
            value = value.get("path")
        if value is not None and not isinstance(value, (list, bool)) and str(value).strip():
            return str(value).strip()
    return None


def _split_word(word: str, path: Path) -> str:
    split = SPLITS.get(re.sub(r"\d+$", "", word.strip().lower()))
    if split is None:
        raise ZooError(f"{path}: '{word}' is no split", "splits are called train, dev (or val, valid) and test")
    return split


def _told_split(path: Path) -> str | None:
    """The split in a file's name, if it names just one; else a folder that is called train, dev or test."""
    words = {SPLITS[word] for word in re.split(r"[^a-z]+", path.stem.lower()) if word in SPLITS}
    if len(words) == 1:
        return words.pop()
    return SPLITS.get(path.parent.name.lower())


def _told_fold(path: Path) -> str | None:
    for name in (path.stem, path.parent.name, path.parent.parent.name):
        if match := _FOLD.search(name):
            return str(int(match[1]))
    return None


def _name_folds(rows: list[Row]) -> None:
    """What has no fold's name is one fold, or one a folder where several folders hold splits."""
    nameless = [row for row in rows if row["fold"] is None]
    folders = {Path(row["source"]).parent for row in nameless}
    for row in nameless:
        row["fold"] = Path(row["source"]).parent.name if len(folders) > 1 else "all"


def _with_splits(frame: pl.DataFrame) -> pl.DataFrame:
    nameless = frame.filter(pl.col("split").is_null())
    if not len(nameless):
        return frame
    folds = nameless["fold"].unique().sort().to_list()
    if len(nameless) < len(frame) or len(folds) < 2:
        raise ZooError(
            f"{nameless['source'][0]} does not tell which recordings are for training and which for testing",
            "it needs a column split, or files named for train, dev and test",
        )
    tested = pl.when(pl.col("fold") == pl.col("tested_in")).then(pl.lit("test")).otherwise(pl.lit("train"))
    every = frame.rename({"fold": "tested_in"}).join(pl.DataFrame({"fold": folds}), how="cross")
    return every.with_columns(tested.alias("split")).select(list(LISTED))


def _parquet(path: Path) -> Iterator[Row]:
    yield from pl.read_parquet(path).iter_rows(named=True)


def _csv(path: Path) -> Iterator[Row]:
    """Rows by their header; without one, the column of the audio files is taken for the path."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        first = file.readline()
        file.seek(0)
        lines = [row for row in csv.reader(file, delimiter=max(",\t;|", key=first.count)) if any(row)]
    if not lines:
        return
    header, *rest = lines
    places = [place for place, cell in enumerate(header) if _AUDIO.search(cell.strip())]
    if places:
        yield from ({"path": row[places[0]]} for row in lines if len(row) > places[0])
    else:
        yield from (dict(zip(header, row, strict=False)) for row in rest)


def _list(path: Path) -> Iterator[Row]:
    """A path or key a line, or the first word of it."""
    for line in path.read_text(encoding="utf-8-sig").splitlines():
        if line.strip():
            yield {"path": line.strip() if _AUDIO.search(line.strip()) else line.split()[0]}


def _json_lines(path: Path) -> Iterator[Row]:
    for line in path.read_text(encoding="utf-8-sig").splitlines():
        if line.strip():
            yield from _entries(json.loads(line), {})


def _json(path: Path) -> Iterator[Row]:
    text = path.read_text(encoding="utf-8-sig")
    try:
        content = json.loads(text)
    except json.JSONDecodeError:
        if len(text.splitlines()) < 2:
            raise
        yield from _json_lines(path)  # JSON lines under another name
        return
    yield from _entries(content, {})


def _entries(value: Any, told: Row) -> Iterator[Row]:
    """The rows in lists, in dicts by split, fold or key, and in the part of a dict that holds the rows."""
    if isinstance(value, str):
        yield told | {"path": value}
    elif isinstance(value, list):
        for item in value:
            yield from _entries(item, told)
    elif isinstance(value, dict):
        told_here = _first({str(name).lower(): inner for name, inner in value.items()}, (*_PATHS, *_KEYS)) is not None
        keyed = "key" in told and any(not isinstance(inner, (list, dict)) for inner in value.values())
        if told_here or keyed:
            yield told | value
        elif held := [name for name in _INSIDE if isinstance(value.get(name), (list, dict))]:
            yield from _entries(value[held[0]], told)
        else:
            for name, inner in value.items():
                if isinstance(inner, (list, dict)):
                    yield from _entries(inner, told | _told_by(str(name), inner))


def _told_by(name: str, inner: Any) -> Row:
    """What a key of a dict says of the rows below it."""
    if (split := SPLITS.get(name.strip().lower())) is not None:
        return {"split": split}
    if (match := _FOLD.fullmatch(name.strip())) or (isinstance(inner, dict) and name.isdigit()):
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
