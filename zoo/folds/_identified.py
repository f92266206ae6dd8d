"""Which recording of a corpus each row of a fold file means, and who says what in it."""

from pathlib import PurePosixPath

import polars as pl

from zoo import corpora
from zoo.errors import WRONG_USAGE, ZooError

IDENTITY = {
    "utterance_id": pl.String(),
    "speaker_id": pl.String(),
    "take_group": pl.String(),
    "text_id": pl.String(),
    "audio": pl.String(),  # hash of the samples (with a manifest) or of the file as published
    "performance": pl.String(),  # the same for two files that hold the same sound, where names tell that
}
_LOOKED_AT = 500  # names, to tell the corpus by
Lookup = dict[str, str | None]  # None: several recordings end so


def corpus_of(listed: pl.DataFrame) -> str:
    """The corpus that LISTED rows are about, by their own word for it or by their names.

    Raises ZooError when that cannot be told, or when there are several.
    """
    known = {name.replace("_", ""): name for name in corpora.names()}
    said = {
        known.get("".join(letter for letter in word.lower() if letter.isalnum()))
        for word in listed["dataset"].unique().drop_nulls()
    } - {None}
    if len(said) > 1:
        raise ZooError(f"the files are about several corpora: {', '.join(sorted(map(str, said)))}", _ONE)
    if said:
        return str(said.pop())
    rows = listed.select("listed", "key").unique(maintain_order=True).head(_LOOKED_AT).rows()
    counts = {}
    for name in corpora.names():
        if (read := corpora.get(name).named) is not None:
            counts[name] = sum(any(read(path) for path in _paths(*row)) for row in rows)
    best = max(counts, key=lambda name: counts[name])
    if counts[best] * 2 <= len(rows):
        raise ZooError(f"'{rows[0][0]}' does not tell its corpus", _ONE, WRONG_USAGE)
    return best


_ONE = "name one with --corpus NAME, and audit one corpus at a time"


def identified(listed: pl.DataFrame, corpus: str, manifest: pl.DataFrame | None) -> pl.DataFrame:
    """LISTED rows with the columns of IDENTITY (empty for unknown recordings) and `unknown`.

    manifest: of the corpus; without it the names tell, and published hashes. A speaker that the file itself states is
    never used. unknown: not in the manifest, or without it no name of the corpus.
    Raises ZooError when no row is known.
    """
    read = corpora.get(corpus).named
    if manifest is None and read is None:
        raise ZooError(f"{corpus} is not here, and its file names do not tell speakers", f"zoo data add {corpus} PATH")
    rows = {} if manifest is None else {row["utterance_id"]: row for row in manifest.iter_rows(named=True)}
    lookup = _lookup(manifest) if manifest is not None else {}
    published = {} if manifest is not None else corpora.get(corpus).sha256()
    found = []
    pairs = listed.select("listed", "key").unique(maintain_order=True)
    for name, key in pairs.iter_rows():
        paths = _paths(name, key)
        told = next((told for path in paths if read and (told := read(path))), None)
        identity = dict.fromkeys(IDENTITY, None) if told is None else {**vars(told), "audio": None}
        known = told is not None
        if manifest is not None:
            names = [told.utterance_id] if told and told.utterance_id in rows else _ends(paths)
            utterance = next((lookup[end] for end in names if lookup.get(end)), None)
            known = utterance is not None
            if utterance is not None:
                row = rows[utterance]
                identity |= {column: row[column] for column in ("utterance_id", "speaker_id", "take_group", "text_id")}
                identity["audio"] = row["sha256_samples"]
        elif told is not None:
            identity["audio"] = published.get(told.utterance_id)
        found.append({"listed": name, "key": key, **identity, "unknown": not known})
    if all(row["unknown"] for row in found):
        where = "in its manifest" if manifest is not None else f"a name of {corpora.get(corpus).title}"
        raise ZooError(f"no recording of the files is {where}, such as '{found[0]['listed']}'", _ONE)
    schema = {"listed": pl.String(), "key": pl.String(), **IDENTITY, "unknown": pl.Boolean()}
    return listed.join(pl.DataFrame(found, schema=schema), on=["listed", "key"], how="left", nulls_equal=True)


def _paths(name: str, key: str | None) -> list[PurePosixPath]:
    """What a row says as paths; a name without an audio format has its whole last part for a stem."""
    return [
        path if path.suffix.lower() in _FORMATS else path.with_name(path.name + ".wav")
        for text in (name, key)
        if text and (path := PurePosixPath(text.replace("\\", "/"))).name
    ]


_FORMATS = {".wav", ".flac", ".mp3", ".ogg", ".opus", ".m4a", ".aif", ".aiff", ".sph", ".mp4", ".avi"}


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
