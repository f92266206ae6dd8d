"""Read our fold files and those of others into one frame: source file, fold, split and recording.

Supported are our FOLDS tables, and every other listing with a path or key per row. Split and fold are obtained from
columns or keys in the file, otherwise from the names of file and folder.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import polars as pl

from zoo import listings
from zoo.audit.recording_names import plain
from zoo.errors import WRONG_USAGE, ZooError
from zoo.files import named
from zoo.listings import Listing, Row
from zoo.listings.formats import LISTS, SUFFIXES
from zoo.listings.names import FOLD, SPLIT_WORDS
from zoo.listings.repeats import once

LISTED = {
    "source": pl.String(),  # the file
    "fold": pl.String(),
    "split": pl.String(),  # train, dev or test
    "listed": pl.String(),  # the recording's path or key, as in the file
    "key": pl.String(),  # its key, if the file has both
    "dataset": pl.String(),  # the corpus, as named in the file
    "stated_speaker": pl.String(),  # as stated in the file; may be wrong
    "stated_text": pl.String(),  # the sentence, as stated in the file
    "stated_session": pl.String(),
}
_ROLES = ("path", "key", "split", "fold", "dataset", "speaker", "text", "session", "start", "end")
_FORMS = "rows need a path or key: path, file, wav, key, utterance_id, …"
_Listed = dict[str, Any]


def read(paths: Sequence[Path]) -> pl.DataFrame:
    """The LISTED rows of all files; a folder stands for the fold files in it.

    A file with folds but without splits states in which fold each recording is tested; it is train in the others.
    Raises ZooError naming a file that is missing, damaged, or has no recordings or splits, or two speakers for one.
    """
    rows: list[_Listed] = []
    contents = (_inside(path) if path.is_dir() else [_listing(path)] for path in paths)
    for listing in chain.from_iterable(contents):
        if not listing.rows:
            raise ZooError(f"{listing.path} lists no recordings", _FORMS, WRONG_USAGE)
        path = listing.path
        from_path = {"source": str(path), "split": _split_of(path), "fold": _fold_of(path)}
        for entry in listing.rows:
            row = _recognised(entry, listing)
            rows.append({name: row.get(name) or from_path.get(name) for name in LISTED})
        once(listing.rows, [_part(entry) for entry in listing.rows], ["speaker"])
    _name_folds(rows)
    return _with_splits(pl.DataFrame(rows, schema=LISTED))


def _part(row: Row) -> tuple[str | None, ...]:
    """The recording that a row is about, or the part of it."""
    name = plain(row.cells.get("path") or row.cells.get("key", ""))
    return name, row.cells.get("start"), row.cells.get("end")


def _listing(path: Path) -> Listing:
    return listings.read(path, _ROLES)


def _inside(folder: Path) -> Iterator[Listing]:
    """The files below a folder named after splits; otherwise those in it with a column split or named after folds."""
    files = [
        below
        for below in sorted(folder.rglob("*"))
        if below.suffix.lower() in SUFFIXES and not below.name.startswith(".") and not below.is_dir()
    ]
    if by_split := [below for below in files if _split_of(below)]:
        yield from (_listing(below) for below in by_split)
        return
    used = False
    for below in files:
        by_name = FOLD.search(below.stem) is not None
        if below.parent != folder or (below.suffix.lower() in LISTS and not by_name):
            continue
        found = _listing(below)
        if by_name or any("split" in row.cells for row in found.rows):
            used = True
            yield found
    if not used:
        raise ZooError(
            f"{folder} contains no file that is named after train, dev or test, or has a column split",
            "name the fold files explicitly",
            WRONG_USAGE,
        )


def _recognised(row: Row, listing: Listing) -> _Listed:
    """A row with its columns named as ours."""
    cells = row.cells
    file, key, split = cells.get("path"), cells.get("key"), cells.get("split")
    if file is None and key is None:
        raise ZooError(f"{row.where}: no recording is named in {named(', '.join(listing.names))}", _FORMS, WRONG_USAGE)
    return {
        "split": None if split is None else _split_word(split, row),
        "fold": cells.get("fold"),
        "listed": file or key,
        "key": key if file else None,
        "dataset": cells.get("dataset"),
        "stated_speaker": cells.get("speaker"),
        "stated_text": cells.get("text"),
        "stated_session": cells.get("session"),
    }


def _split_word(word: str, row: Row) -> str:
    split = SPLIT_WORDS.get(re.sub(r"\d+$", "", word.strip().lower()))
    if split is None:
        hint = "splits are named train, dev (or val, valid) and test"
        raise ZooError(f"{row.where}: '{named(word)}' is not a split", hint, WRONG_USAGE)
    return split


def _split_of(path: Path) -> str | None:
    """The split in a file's name, if it names exactly one; otherwise that of a folder named train, dev or test."""
    words = {SPLIT_WORDS[word] for word in re.split(r"[^a-z]+", path.stem.lower()) if word in SPLIT_WORDS}
    if len(words) == 1:
        return words.pop()
    return SPLIT_WORDS.get(path.parent.name.lower())


def _fold_of(path: Path) -> str | None:
    for name in (path.stem, path.parent.name, path.parent.parent.name):
        if match := FOLD.search(name):
            return str(int(match[1]))
    return None


def _name_folds(rows: list[_Listed]) -> None:
    """Name the folds of rows without one: a single fold, or one per folder if several folders contain splits.

    If several files contain two or more splits each, every such file is a fold.
    """
    nameless = [row for row in rows if row["fold"] is None]
    splits: dict[str, set[str | None]] = {}
    for row in nameless:
        splits.setdefault(row["source"], set()).add(row["split"])
    whole = _file_names([file for file, found in splits.items() if len(found - {None}) > 1])
    folders = {file: Path(file).parent for file in splits}
    several = len(set(folders.values())) > 1
    for row in nameless:
        file = row["source"]
        row["fold"] = whole.get(file, folders[file].name if several else "all")


def _file_names(files: list[str]) -> dict[str, str]:
    """Short names of several files: the number that each ends with, otherwise its name, its folder's name or path."""
    if len(files) < 2:
        return {}
    stems = [Path(file).stem for file in files]
    numbers = [str(int(match[0])) for stem in stems if (match := re.search(r"\d+$", stem))]
    folders = [Path(file).parent.name for file in files]
    for names in (numbers, stems, folders):
        if len(set(names)) == len(files):
            return dict(zip(files, names, strict=True))
    return dict(zip(files, files, strict=True))


def _with_splits(frame: pl.DataFrame) -> pl.DataFrame:
    nameless = frame.filter(pl.col("split").is_null())
    if not len(nameless):
        return frame
    source = nameless["source"][0]
    missing, total = (int((part["source"] == source).sum()) for part in (nameless, frame))
    if missing < total:
        raise ZooError(
            f"{missing} of {total} rows of {source} have no split", "fill it in, or leave these rows out", WRONG_USAGE
        )
    folds = nameless["fold"].unique().sort().to_list()
    if len(nameless) < len(frame) or len(folds) < 2:
        raise ZooError(
            f"{source} does not state which recordings are for training and which for testing",
            "add a column split, or name the files after train, dev and test",
            WRONG_USAGE,
        )
    tested = pl.when(pl.col("fold") == pl.col("tested_in")).then(pl.lit("test")).otherwise(pl.lit("train"))
    every = frame.rename({"fold": "tested_in"}).join(pl.DataFrame({"fold": folds}), how="cross")
    return every.with_columns(tested.alias("split")).select(list(LISTED))
