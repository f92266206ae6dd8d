"""The manifest of a corpus folder: each utterance as the reader states it, with measurements of its audio file."""

import hashlib
import math
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from zoo import audio
from zoo.audio.judgement import SILENCE_DBFS, cancelled
from zoo.audio.level import Level
from zoo.corpora import get
from zoo.corpora.contract import Corpus, Speaker, Utterance, is_synthetic
from zoo.errors import ZooError

if TYPE_CHECKING:
    import polars as pl

_NAMED = 5  # files named in a message
_BATCH = 2000  # files in progress or waiting to become rows, so that memory does not grow with the corpus


def build(name: str, folder: Path) -> "pl.DataFrame":
    """The manifest of a corpus: every file is read, hashed and decoded once.

    Raises ZooError when the folder is missing or holds no utterance, and one ZooError for all unusable files.
    """
    import polars as pl

    from zoo.tables.manifest import MANIFEST

    corpus = get(name)
    utterances = read_utterances(corpus, folder)
    origin = "synthetic" if is_synthetic(folder) else "recorded"
    rows: list[dict[str, Any]] = []
    frames: list[pl.DataFrame] = []  # needs a tenth of the memory of the same rows as dicts
    problems: list[tuple[str, ZooError]] = []
    for utterance, row in measure_all(corpus, folder, utterances, "reading audio"):
        if isinstance(row, ZooError):
            problems.append((utterance.path, row))
            continue
        speaker = corpus.speakers[utterance.speaker_id] if corpus.speakers else Speaker(None)
        row |= vars(utterance) | _dimensions(corpus, utterance)
        row["votes"] = [vars(vote) for vote in utterance.votes] or None
        row |= {
            "corpus": corpus.name,
            "sex": speaker.sex,
            "age": speaker.age,
            "language": utterance.language or corpus.language,
            "licence": corpus.licence,
            "origin": origin,
        }
        rows.append(row)
        if len(rows) == _BATCH:
            frames.append(MANIFEST.frame(rows))
            rows.clear()
    if problems:
        raise _combined_error(corpus, folder, len(utterances), problems)
    return MANIFEST.check(pl.concat([*frames, MANIFEST.frame(rows)]), str(folder))


def _dimensions(corpus: Corpus, utterance: Utterance) -> dict[str, float | None]:
    """Valence, arousal and dominance as rated, and mapped from the corpus's scale to 0 to 1."""
    found: dict[str, float | None] = {}
    for name in ("valence", "arousal", "dominance"):
        value = getattr(utterance, name)
        found[f"{name}_native"] = value
        if value is not None:
            assert corpus.rating_scale is not None, f"{corpus.name} has ratings but no rating scale"
            low, high = corpus.rating_scale
            value = round((value - low) / (high - low), 6)
        found[name] = value
    return found


def read_utterances(corpus: Corpus, folder: Path) -> list[Utterance]:
    """The folder's utterances, from its reader. Raises ZooError when the folder is missing or holds none."""
    if not folder.is_dir():
        synthetic = folder.parent.name == "synthetic"
        hint = "create it: dvc repro" if synthetic else f"zoo data add {corpus.name} PATH. {corpus.obtain}"
        raise ZooError(f"{corpus.title} is not available: {folder} is missing", hint)
    if not (utterances := list(corpus.utterances(folder))):
        raise ZooError(
            f"{folder} holds no utterance of {corpus.title}",
            f"zoo data remove {corpus.name}, then zoo data add {corpus.name} PATH. {corpus.obtain}",
        )
    return utterances


def measure_all(
    corpus: Corpus, folder: Path, utterances: list[Utterance], doing: str
) -> Iterator[tuple[Utterance, dict[str, Any] | ZooError]]:
    """The measurements of each utterance's file or segment, or its error.

    doing: the text of the progress bar.
    """
    places = [(folder / one.path, one.start_s, one.end_s) for one in utterances]
    yield from zip(utterances, measured(places, f"{corpus.name}: {doing}"), strict=True)


def measured(
    places: Sequence[tuple[Path, float | None, float | None]], doing: str
) -> Iterator[dict[str, Any] | ZooError]:
    """The measurements of files or segments (file, start, end), or their errors; in threads, since reading, hashing and
    decoding release the GIL.
    """
    from rich.console import Console
    from rich.progress import track

    def measure_or_error(place: tuple[Path, float | None, float | None]) -> dict[str, Any] | ZooError:
        try:
            return measure(*place)
        except ZooError as error:
            return error

    console = Console(stderr=True)
    pool = ThreadPoolExecutor(min(8, os.cpu_count() or 1))
    try:
        batches = (places[start : start + _BATCH] for start in range(0, len(places), _BATCH))
        results = (result for batch in batches for result in pool.map(measure_or_error, batch))
        yield from track(
            results,
            description=doing,
            total=len(places),
            console=console,
            disable=not console.is_terminal,
        )
    finally:
        pool.shutdown(wait=True, cancel_futures=True)  # Ctrl-C waits only for the files in progress


def measure(path: Path, start_s: float | None = None, end_s: float | None = None) -> dict[str, Any]:
    """The manifest's columns that are measured on the audio, of a file or of a segment of it; sha256_file is that of
    the file. Raises ZooError for one without usable speech."""
    stored = audio.read_bytes(path)
    recording = audio.decode(stored, path, start_s, end_s)
    level = Level.of(recording.stored)
    if not math.isfinite(level.peak):
        raise ZooError(f"{path} contains values that are not numbers", "decode or convert it again", kind="not_finite")
    if level.dbfs < SILENCE_DBFS:
        raise ZooError(f"{path} is silent", "copy or download it again", kind="silent")
    if recording.channels > 1:
        mixed = Level.of(recording.samples.mean(axis=1, dtype=np.float32))
        if problem := cancelled(path, level, mixed):
            raise problem
    return {
        "duration_s": recording.duration_s,
        "sampling_rate_hz": recording.sampling_rate_hz,
        "channels": recording.channels,
        "level_dbfs": round(level.dbfs, 3),
        "peak": round(level.peak, 6),
        "dc_offset": round(level.dc_offset, 7),
        "clipped": round(level.clipped, 6),
        "sha256_file": hashlib.sha256(stored).hexdigest(),
        "sha256_samples": recording.sha256_samples,
    }


def _combined_error(corpus: Corpus, folder: Path, total: int, problems: list[tuple[str, ZooError]]) -> ZooError:
    shown_problems = [
        f"{path} {error.message.removeprefix(str(folder / path)).strip()}" for path, error in problems[:_NAMED]
    ]
    if len(problems) > _NAMED:
        shown_problems.append(f"and {len(problems) - _NAMED} more")
    hints = sorted({error.hint for _, error in problems if error.kind == "pointer"})
    again = f"restore the originals, then zoo data remove {corpus.name} and zoo data add {corpus.name} PATH"
    hint = "; ".join([*hints, again])
    return ZooError(f"{len(problems)} of {total} files in {folder} cannot be used: {'; '.join(shown_problems)}", hint)
