"""Identify the recording of a corpus that each row of a fold file refers to, its speaker, take and sentence."""

import re
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import Any

import polars as pl

from zoo import corpora
from zoo.audit.recording_names import FORMATS
from zoo.corpora.contract import ParsedName
from zoo.errors import WRONG_USAGE, ZooError

IDENTITY = {
    "utterance_id": pl.String(),
    "speaker_id": pl.String(),
    "take_group": pl.String(),
    "text_id": pl.String(),
    "audio": pl.String(),  # hash of the samples (with a manifest) or of the published file
    "session": pl.String(),  # of speakers recorded together, where a file states it
    "performance": pl.String(),  # the same for all files of one performance, modified or not, where names show it
}
_SAMPLE = 500  # names used to infer the corpus
# The share of names that must be those of a corpus before it is claimed. In public fold files of other corpora up to
# 5 % are by coincidence (20 of 434 in Oréau, which names its files as EmoDB does); of a corpus with three augmented
# copies of every recording under new names, a quarter are.
CLAIM = 0.25
Reader = Callable[[PurePosixPath], ParsedName | None]
Lookup = dict[str, str | None]  # None: several recordings have this name


def corpus_of(listed: pl.DataFrame) -> str | None:
    """The corpus that LISTED rows are about, as stated or otherwise inferred from their names; None if it is unknown.

    Raises ZooError if several are stated.
    """
    stated = listed.with_columns(_stated_corpus().alias("corpus")).drop_nulls("corpus")
    if len(stated):
        one_corpus(stated)
        return str(stated["corpus"][0])
    counts, number = _recognised(listed)
    best = max(counts, key=lambda name: counts[name])
    return best if sum(counts.values()) >= CLAIM * number else None


def coincidences(listed: pl.DataFrame) -> dict[str, int]:
    """Corpora, and how many of the names are like theirs, though too few to claim them; of a sample of long files."""
    return {name: number for name, number in _recognised(listed)[0].items() if number}


def _recognised(listed: pl.DataFrame) -> tuple[dict[str, int], int]:
    """How many of the names are those of each corpus or of copies of its recordings, and how many were examined."""
    rows = listed.select("listed", "key").unique(maintain_order=True).rows()
    some = rows[:: 1 + len(rows) // _SAMPLE]
    candidates = [[*paths, *_originals(paths)] for paths in (_paths(*row) for row in some)]
    readers = _readers().items()
    counts = {name: sum(_parse(read, paths) is not None for paths in candidates) for name, read in readers}
    return counts, len(some)


def one_corpus(rows: pl.DataFrame) -> None:
    """Raise ZooError if rows (corpus, source) are about several corpora."""
    files = dict(rows.group_by("corpus").agg(pl.col("source").unique().sort()).sort("corpus").rows())
    if len(files) < 2:
        return
    hint = f"pick one with --corpus, such as --corpus {min(files)}"
    if rows["source"].n_unique() == sum(map(len, files.values())):  # no file is about two
        hint += f", or name only its files, such as {files[min(files)][0]}"
    raise ZooError(f"the files are about several corpora: {', '.join(files)}", hint, WRONG_USAGE)


def rows_about(listed: pl.DataFrame, corpus: str) -> pl.DataFrame:
    """LISTED rows without those that state another corpus."""
    return listed.filter(_stated_corpus().fill_null(corpus) == corpus)


def _stated_corpus() -> pl.Expr:
    """The corpus that a row states, null if it states no known one."""
    known = {name.replace("_", ""): name for name in corpora.names()}
    word = pl.col("dataset").str.to_lowercase().str.replace_all(r"[^\p{L}\p{N}]", "")
    return word.replace_strict(known, default=None, return_dtype=pl.String())


def _readers() -> dict[str, Reader]:
    return {name: read for name in corpora.names() if (read := corpora.get(name).parse_name) is not None}


def identify(listed: pl.DataFrame, corpus: str, manifest: pl.DataFrame | None) -> pl.DataFrame:
    """LISTED rows with the columns of IDENTITY (empty for unknown recordings), `known_by` and `corpus`.

    manifest: of the corpus; without it, names and published hashes are used. A speaker stated in the file itself is
    never used. known_by: `corpus` (its manifest or, if there is none, its names), `name` (not in the manifest), `copy`
    (the name of a recording with a suffix, as of augmented copies: its speaker, take and sentence) or `nothing`.
    corpus: another one if the name belongs to it, otherwise this one.
    Raises ZooError when no row is known.
    """
    readers = _readers()
    read = readers.pop(corpus, None)
    if manifest is None and read is None:
        raise ZooError(
            f"{corpus} is not available, and its file names do not state speakers", f"zoo data add {corpus} PATH"
        )
    rows = {} if manifest is None else {row["utterance_id"]: row for row in manifest.iter_rows(named=True)}
    lookup = _lookup(manifest) if manifest is not None else {}
    published = {} if manifest is not None else corpora.get(corpus).sha256()
    found = []
    for name, key in listed.select("listed", "key").unique(maintain_order=True).iter_rows():
        paths = _paths(name, key)
        parsed = _parse(read, paths)
        candidates = [parsed.utterance_id] if parsed and parsed.utterance_id in rows else _name_candidates(paths)
        utterance = next((lookup[candidate] for candidate in candidates if lookup.get(candidate)), None)
        known_by, about = "corpus" if manifest is None or utterance else "name", corpus
        if parsed is None and utterance is None:
            originals = [*_originals(paths)]
            parsed = _parse(read, originals)
            known_by = "nothing" if parsed is None else "copy"
            if parsed is None:
                about = next((other for other in readers if _parse(readers[other], [*paths, *originals])), corpus)
        original = utterance or (parsed.utterance_id if parsed else "")
        identity = _identity(parsed, rows.get(original), published.get(original))
        if known_by == "copy":
            identity |= {"utterance_id": None, "audio": None}
        found.append({"listed": name, "key": key, **identity, "known_by": known_by, "corpus": about})
    if all(row["known_by"] == "nothing" for row in found):
        where = "in its manifest" if manifest is not None else f"a name of {corpora.get(corpus).title}"
        hint = "name the corpus that the files are about with --corpus"
        raise ZooError(f"no recording of the files is {where}, such as '{found[0]['listed']}'", hint)
    schema = {"listed": pl.String(), "key": pl.String(), **IDENTITY, "known_by": pl.String(), "corpus": pl.String()}
    return listed.join(pl.DataFrame(found, schema=schema), on=["listed", "key"], how="left", nulls_equal=True)


def _identity(parsed: ParsedName | None, row: dict[str, Any] | None, published: str | None) -> dict[str, str | None]:
    """The identity from a name, the manifest's row and a published hash; the manifest takes precedence."""
    identity: dict[str, str | None] = dict.fromkeys(IDENTITY)
    if parsed is not None:
        identity |= vars(parsed) | {"performance": parsed.performance or parsed.utterance_id, "audio": published}
    if row is not None:
        identity |= {column: row[column] for column in ("utterance_id", "speaker_id", "take_group", "text_id")}
        identity["audio"] = row["sha256_samples"]
    return identity


def _parse(read: Reader | None, paths: list[PurePosixPath]) -> ParsedName | None:
    return next((parsed for path in paths if (parsed := read(path))), None) if read else None


def _originals(paths: list[PurePosixPath]) -> Iterator[PurePosixPath]:
    """The prefixes of a name, the longest first: augmented copies have names like 03a01Fa_noise or 03a01Fa-speed0.9."""
    for path in paths:
        for end in reversed([match.start() for match in re.finditer(r"[^A-Za-z0-9]", path.stem)]):
            if end:
                yield path.with_name(f"{path.stem[:end]}.wav")


def _paths(name: str, key: str | None) -> list[PurePosixPath]:
    """The path and key of a row, as paths; for names without a known suffix, the whole last part is the stem."""
    return [
        path if path.suffix.lower() in FORMATS else path.with_name(path.name + ".wav")
        for text in (name, key)
        if text and (path := PurePosixPath(text.replace("\\", "/"))).name
    ]


def _name_candidates(paths: list[PurePosixPath]) -> list[str]:
    """Names that may identify a recording, the most certain first: its name, or its folder's name and its name."""
    candidates = []
    for path in paths:
        stem = path.with_suffix("")
        candidates += [stem.name, f"{stem.parent.name}/{stem.name}"]
    return candidates


def _lookup(manifest: pl.DataFrame) -> Lookup:
    """Names of recordings -> utterance id."""
    lookup: Lookup = {}
    for utterance, path in manifest.select("utterance_id", "path").iter_rows():
        for candidate in {*_name_candidates([PurePosixPath(path)])} - {utterance}:
            lookup[candidate] = None if candidate in lookup else utterance
    return lookup | {utterance: utterance for utterance in manifest["utterance_id"]}
