"""Which recording of a corpus each row of a fold file means, and who says what in it."""

import re
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import Any

import polars as pl

from zoo import corpora
from zoo.corpora.contract import Named
from zoo.errors import WRONG_USAGE, ZooError

IDENTITY = {
    "utterance_id": pl.String(),
    "speaker_id": pl.String(),
    "take_group": pl.String(),
    "text_id": pl.String(),
    "audio": pl.String(),  # hash of the samples (with a manifest) or of the file as published
    "performance": pl.String(),  # the same for two files of one sound, altered or not, where names tell that
}
_LOOKED_AT = 500  # names, to tell the corpus by, if they tell it
Reader = Callable[[PurePosixPath], Named | None]
Lookup = dict[str, str | None]  # None: several recordings end so


def corpus_of(listed: pl.DataFrame) -> str:
    """The corpus that LISTED rows are about, by their own word for it or by their names.

    Raises ZooError when that cannot be told, or when they say that there are several.
    """
    said = listed.with_columns(_said_corpus().alias("corpus")).drop_nulls("corpus")
    if len(said):
        one_corpus(said)
        return str(said["corpus"][0])
    rows = listed.select("listed", "key").unique(maintain_order=True).rows()
    readers = _readers()
    for some in (rows[:: 1 + len(rows) // _LOOKED_AT], rows):
        candidates = [[*paths, *_originals(paths)] for paths in (_paths(*row) for row in some)]
        counts = {name: sum(_told(read, paths) is not None for paths in candidates) for name, read in readers.items()}
        best = max(counts, key=lambda name: counts[name])
        if counts[best]:
            return best
    raise ZooError(f"'{rows[0][0]}' does not tell its corpus", "name it with --corpus NAME", WRONG_USAGE)


def one_corpus(rows: pl.DataFrame) -> None:
    """Raise ZooError where rows (corpus, source) are about several corpora."""
    files = dict(rows.group_by("corpus").agg(pl.col("source").unique().sort()).sort("corpus").rows())
    if len(files) < 2:
        return
    hint = f"pick one with --corpus, such as --corpus {min(files)}"
    if rows["source"].n_unique() == sum(map(len, files.values())):  # no file is about two
        hint += f", or name only its files, such as {files[min(files)][0]}"
    raise ZooError(f"the files are about several corpora: {', '.join(files)}", hint, WRONG_USAGE)


def not_said_otherwise(listed: pl.DataFrame, corpus: str) -> pl.DataFrame:
    """LISTED rows without those that by their own word are about other corpora than this."""
    return listed.filter(_said_corpus().fill_null(corpus) == corpus)


def _said_corpus() -> pl.Expr:
    """The corpus that a row says it is about, null where it says none that is known."""
    known = {name.replace("_", ""): name for name in corpora.names()}
    word = pl.col("dataset").str.to_lowercase().str.replace_all(r"[^\p{L}\p{N}]", "")
    return word.replace_strict(known, default=None, return_dtype=pl.String())


def _readers() -> dict[str, Reader]:
    return {name: read for name in corpora.names() if (read := corpora.get(name).named) is not None}


def identified(listed: pl.DataFrame, corpus: str, manifest: pl.DataFrame | None) -> pl.DataFrame:
    """LISTED rows with the columns of IDENTITY (empty for unknown recordings), `told_by` and `corpus`.

    manifest: of the corpus; without it the names tell, and published hashes. A speaker that the file itself states is
    never used. told_by: `corpus` (its manifest or, where there is none, its names), `name` (not in the manifest),
    `copy` (the name of a recording and more, as augmented copies have: its speaker, take and sentence) or `nothing`.
    corpus: another one where the name is one of its, else this.
    Raises ZooError when no row is known.
    """
    readers = _readers()
    read = readers.pop(corpus, None)
    if manifest is None and read is None:
        raise ZooError(f"{corpus} is not here, and its file names do not tell speakers", f"zoo data add {corpus} PATH")
    rows = {} if manifest is None else {row["utterance_id"]: row for row in manifest.iter_rows(named=True)}
    lookup = _lookup(manifest) if manifest is not None else {}
    published = {} if manifest is not None else corpora.get(corpus).sha256()
    found = []
    for name, key in listed.select("listed", "key").unique(maintain_order=True).iter_rows():
        paths = _paths(name, key)
        told = _told(read, paths)
        ends = [told.utterance_id] if told and told.utterance_id in rows else _ends(paths)
        utterance = next((lookup[end] for end in ends if lookup.get(end)), None)
        told_by, about = "corpus" if manifest is None or utterance else "name", corpus
        if told is None and utterance is None:
            originals = [*_originals(paths)]
            told = _told(read, originals)
            told_by = "nothing" if told is None else "copy"
            if told is None:
                about = next((other for other in readers if _told(readers[other], [*paths, *originals])), corpus)
        original = utterance or (told.utterance_id if told else "")
        identity = _identity(told, rows.get(original), published.get(original))
        if told_by == "copy":
            identity |= {"utterance_id": None, "audio": None}
        found.append({"listed": name, "key": key, **identity, "told_by": told_by, "corpus": about})
    if all(row["told_by"] == "nothing" for row in found):
        where = "in its manifest" if manifest is not None else f"a name of {corpora.get(corpus).title}"
        hint = "name the corpus that the files are about with --corpus"
        raise ZooError(f"no recording of the files is {where}, such as '{found[0]['listed']}'", hint)
    schema = {"listed": pl.String(), "key": pl.String(), **IDENTITY, "told_by": pl.String(), "corpus": pl.String()}
    return listed.join(pl.DataFrame(found, schema=schema), on=["listed", "key"], how="left", nulls_equal=True)


def _identity(told: Named | None, row: dict[str, Any] | None, published: str | None) -> dict[str, str | None]:
    """What a name, the manifest's row and a published hash tell; the manifest is believed first."""
    identity: dict[str, str | None] = dict.fromkeys(IDENTITY)
    if told is not None:
        identity |= vars(told) | {"performance": told.performance or told.utterance_id, "audio": published}
    if row is not None:
        identity |= {column: row[column] for column in ("utterance_id", "speaker_id", "take_group", "text_id")}
        identity["audio"] = row["sha256_samples"]
    return identity


def _told(read: Reader | None, paths: list[PurePosixPath]) -> Named | None:
    return next((told for path in paths if (told := read(path))), None) if read else None


def _originals(paths: list[PurePosixPath]) -> Iterator[PurePosixPath]:
    """The names that begin a name, the longest first: augmented copies are called 03a01Fa_noise or 03a01Fa-speed0.9."""
    for path in paths:
        for end in reversed([match.start() for match in re.finditer(r"[^A-Za-z0-9]", path.stem)]):
            if end:
                yield path.with_name(f"{path.stem[:end]}.wav")


def _paths(name: str, key: str | None) -> list[PurePosixPath]:
    """What a row says as paths; a name without an audio format has its whole last part for a stem."""
    return [
        path if path.suffix.lower() in _FORMATS else path.with_name(path.name + ".wav")
        for text in (name, key)
        if text and (path := PurePosixPath(text.replace("\\", "/"))).name
    ]


_FORMATS = {".wav", ".flac", ".mp3", ".ogg", ".opus", ".m4a", ".aif", ".aiff", ".sph", ".mp4", ".avi", ".flv"}
_FORMATS |= {".npy", ".npz", ".pt"}  # features of a recording


def _ends(paths: list[PurePosixPath]) -> list[str]:
    """What may tell a recording, the surest first: its name, or that with the folder's before it."""
    ends = []
    for path in paths:
        stem = path.with_suffix("")
        ends += [stem.name, f"{stem.parent.name}/{stem.name}"]
    return ends


def _lookup(manifest: pl.DataFrame) -> Lookup:
    """Names of recordings -> utterance id."""
    lookup: Lookup = {}
    for utterance, path in manifest.select("utterance_id", "path").iter_rows():
        for end in {*_ends([PurePosixPath(path)])} - {utterance}:
            lookup[end] = None if end in lookup else utterance
    return lookup | {utterance: utterance for utterance in manifest["utterance_id"]}
