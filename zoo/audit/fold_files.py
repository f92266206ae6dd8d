"""Read our fold files and those of others into one frame: source file, fold, split and recording.

Supported are our FOLDS tables, and CSV, JSON, JSON lines and plain lists with a path or key per row. Split and fold are
obtained from columns or keys in the file, otherwise from the names of file and folder.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

import polars as pl

from zoo.audit.fold_entries import FOLD, KEYS, LISTS, PATHS, SPLIT_WORDS, SUFFIXES, Row, entries, first
from zoo.errors import ZooError

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
_COLUMNS = {
    "split": ("split", "set", "partition", "subset", "split_set", "usage"),
    "fold": ("fold", "fold_id", "cv_fold"),
    "dataset": ("dataset", "corpus", "database"),
    "stated_speaker": ("speaker", "speaker_id", "spk", "spk_id", "spkrid", "actor"),
    "stated_text": ("text_id", "sentence_id", "sentence", "text", "transcription", "transcript", "statement"),
    "stated_session": ("session", "session_id", "dialogue", "dialog"),
}
_FORMS = "rows need a path or key: path, file, wav, key, utterance_id, …"


def read(paths: Sequence[Path]) -> pl.DataFrame:
    """The LISTED rows of all files; a folder stands for the fold files in it.

    A file with folds but without splits states in which fold each recording is tested; it is train in the others.
    Raises ZooError naming a file that is missing, damaged, or has no recordings or splits.
    """
    rows: list[Row] = []
    contents = (_inside(path) if path.is_dir() else [(path, entries(path))] for path in paths)
    for path, found in chain.from_iterable(contents):
        if not found:
            raise ZooError(f"{path} lists no recordings", _FORMS)
        from_path = {"source": str(path), "split": _split_of(path), "fold": _fold_of(path)}
        for entry in found:
            row = _recognised(entry, path)
            rows.append({name: row.get(name) or from_path.get(name) for name in LISTED})
    _name_folds(rows)
    return _with_splits(pl.DataFrame(rows, schema=LISTED))


def _inside(folder: Path) -> Iterator[tuple[Path, list[Row]]]:
    """The files below a folder named after splits; otherwise those in it with a column split or named after folds."""
    files = [
        below
        for below in sorted(folder.rglob("*"))
        if below.suffix.lower() in SUFFIXES and not below.name.startswith(".") and not below.is_dir()
    ]
    if named := [below for below in files if _split_of(below)]:
        yield from ((below, entries(below)) for below in named)
        return
    used = False
    for below in files:
        by_name = FOLD.search(below.stem) is not None
        if below.parent != folder or (below.suffix.lower() in LISTS and not by_name):
            continue
        found = entries(below)
        if by_name or any(first(_by_name(entry), _COLUMNS["split"]) for entry in found):
            used = True
            yield below, found
    if not used:
        raise ZooError(
            f"{folder} contains no file that is named after train, dev or test, or has a column split",
            "name the fold files explicitly",
        )


def _by_name(entry: Row) -> Row:
    """An entry with normalised column names."""
    return {re.sub(r"[ .-]+", "_", str(name).strip().lower()): value for name, value in entry.items()}


def _recognised(entry: Row, path: Path) -> Row:
    """An entry with its columns renamed to ours."""
    by_name = _by_name(entry)
    named = {new: first(by_name, names) for new, names in _COLUMNS.items()}
    file, key = first(by_name, PATHS), first(by_name, KEYS)
    if file is None and key is None:
        raise ZooError(f"{path}: no recording is named in {', '.join(map(str, entry)) or 'an empty row'}", _FORMS)
    if named["split"] is not None:
        named["split"] = _split_word(named["split"], path)
    return {**named, "listed": file or key, "key": key if file else None}


def _split_word(word: str, path: Path) -> str:
    split = SPLIT_WORDS.get(re.sub(r"\d+$", "", word.strip().lower()))
    if split is None:
        raise ZooError(f"{path}: '{word}' is not a split", "splits are named train, dev (or val, valid) and test")
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


def _name_folds(rows: list[Row]) -> None:
    """Name the folds of rows without one: a single fold, or one per folder if several folders contain splits.

    If several files contain two or more splits each, every such file is a fold.
    """
    nameless = [row for row in rows if row["fold"] is None]
    splits: dict[str, set[str | None]] = {}
    for row in nameless:
        splits.setdefault(row["source"], set()).add(row["split"])
    whole = _file_names([file for file, found in splits.items() if len(found - {None}) > 1])
    folders = {Path(row["source"]).parent for row in nameless}
    for row in nameless:
        folder = Path(row["source"]).parent.name if len(folders) > 1 else "all"
        row["fold"] = whole.get(row["source"], folder)


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
        raise ZooError(f"{missing} of {total} rows of {source} have no split", "fill it in, or leave these rows out")
    folds = nameless["fold"].unique().sort().to_list()
    if len(nameless) < len(frame) or len(folds) < 2:
        raise ZooError(
            f"{source} does not state which recordings are for training and which for testing",
            "add a column split, or name the files after train, dev and test",
        )
    tested = pl.when(pl.col("fold") == pl.col("tested_in")).then(pl.lit("test")).otherwise(pl.lit("train"))
    every = frame.rename({"fold": "tested_in"}).join(pl.DataFrame({"fold": folds}), how="cross")
    return every.with_columns(tested.alias("split")).select(list(LISTED))
