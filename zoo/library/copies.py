"""Copies of one recording within a corpus of data/ and between those there, by their sound.

They are looked for when a corpus is verified, not in the pipeline: a fingerprint takes about 5 ms an utterance, and its
last bits depend on the processor, so that a stage which rests on it could fail on one machine and pass on another. The
checks of a study compare samples, exactly.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from zoo import audio, fingerprint
from zoo.corpora import names
from zoo.corpora.contract import Utterance
from zoo.errors import ZooError
from zoo.files import whole_file
from zoo.library.places import DATA, fingerprint_file

COLUMNS = {"utterance_id": pl.String(), "path": pl.String(), "sha256_samples": pl.String(), "fingerprint": pl.Binary()}


def fingerprints(
    name: str, folder: Path, utterances: Iterable[Utterance], rows: Mapping[str, Mapping[str, Any]]
) -> pl.DataFrame:
    """COLUMNS of the utterances that were measured (rows, by id), and kept beside the corpus for the next time."""
    known = {row["sha256_samples"]: row["fingerprint"] for row in kept(name).iter_rows(named=True)}
    found = []
    for utterance in _tracked([one for one in utterances if one.utterance_id in rows], f"{name}: comparing by sound"):
        samples = rows[utterance.utterance_id]["sha256_samples"]
        if samples not in known:
            try:
                known[samples] = fingerprint.of(audio.load(folder / utterance.path, utterance.start_s, utterance.end_s))
            except ZooError:  # it could be read when it was measured
                continue
        found.append(dict(zip(COLUMNS, (utterance.utterance_id, utterance.path, samples, known[samples]), strict=True)))
    frame = pl.DataFrame(found, schema=COLUMNS)
    with whole_file(fingerprint_file(name)) as part:
        frame.write_parquet(part)
    return frame


def kept(name: str) -> pl.DataFrame:
    """COLUMNS of a corpus as it was verified last; no rows where it never was, or the file is damaged."""
    try:
        return pl.read_parquet(fingerprint_file(name)).select(list(COLUMNS))
    except (pl.exceptions.PolarsError, OSError):
        return pl.DataFrame(schema=COLUMNS)


def within(frame: pl.DataFrame) -> list[tuple[str, str]]:
    """The ids of any two utterances that sound the same and have other samples."""
    ids, samples = frame["utterance_id"].to_list(), frame["sha256_samples"].to_list()
    found = fingerprint.pairs(frame["fingerprint"].to_list())
    return [(ids[one], ids[other]) for one, other in found if samples[one] != samples[other]]


def between(name: str, frame: pl.DataFrame) -> list[tuple[str, str]]:
    """Files of a corpus and of another one in data/ that are the same recording; only of those that were verified."""
    found = []
    for other in sorted(set(names()) - {name}):
        theirs = kept(other) if (DATA / other).is_dir() else pl.DataFrame(schema=COLUMNS)
        equal = frame.join(theirs, on="sha256_samples", suffix="_there").select("path", "path_there").rows()
        pairs = {(here, f"{DATA / other}/{there}") for here, there in equal}
        for one in fingerprint.same(theirs["fingerprint"].to_list(), frame["fingerprint"].to_list()):
            pairs.add((frame["path"][one.asked], f"{DATA / other}/{theirs['path'][one.known]}"))
        found += sorted(pairs)
    return found


def _tracked(steps: Sequence[Utterance], what: str) -> Iterable[Utterance]:
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    return track(steps, what, console=console, transient=True, disable=not console.is_terminal)
