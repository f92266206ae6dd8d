"""Whether a copy of a corpus is the published one, by hashes, sampling rates and lengths, as far as these are known."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from zoo import corpus_file
from zoo.corpora.contract import Corpus, Utterance

if TYPE_CHECKING:
    import polars as pl

# Lengths of speech vary: at most 0.6 % of EmoDB's files, 0.2 % of nEMO's and 5.6 % of RAVDESS's last equally long (to a
# millisecond). If most of so many do, they were cut or padded.
_MOST, _FEWEST = 0.5, 50
_TOTAL = 0.01  # by which the total length may differ: totals are known to three digits


@dataclass(frozen=True)
class Measured:
    """What is measured on a file of an utterance; sha256: of its bytes, None if they were not hashed."""

    utterance_id: str
    path: str
    sampling_rate_hz: int
    duration_s: float
    sha256: str | None = None


def deviations(corpus: Corpus, files: Sequence[Measured]) -> list[str]:
    """How the files of a recorded corpus differ from the published ones, as far as is known, a clause each.

    Known defects of published files are no deviations, and nobody has published a corpus of the project's own.
    """
    if corpus_file.has(corpus.name):
        return []
    ways = (_rates, uniform_lengths, _lengths, _total, _hashes)
    return [text for way in ways for text in way(corpus, files)]


def deviations_of(corpus: Corpus, manifest: "pl.DataFrame") -> list[str]:
    """Those of the files of a manifest; none of synthetic stand-ins."""
    return deviations(corpus, files_of(manifest.filter(manifest["origin"] == "recorded")))


def files_of(manifest: "pl.DataFrame") -> list[Measured]:
    """What the rows of a manifest state of their files."""
    columns = ("utterance_id", "path", "sampling_rate_hz", "duration_s", "sha256_file")
    return [Measured(*row) for row in manifest.select(columns).iter_rows()]


def headers(folder: Path, utterances: Iterable[Utterance]) -> list[Measured]:
    """What the headers of a folder's files state; files that cannot be read are left out."""
    import soundfile

    found = []
    for utterance in utterances:
        try:
            stated = soundfile.info(str(folder / utterance.path))
        except (soundfile.SoundFileError, OSError):
            continue
        found.append(Measured(utterance.utterance_id, utterance.path, stated.samplerate, stated.duration))
    return found


def uniform_lengths(corpus: Corpus, files: Sequence[Measured]) -> list[str]:
    """That most files last equally long, which no published corpus does."""
    counts = Counter(round(one.duration_s, 3) for one in files)
    (length, number), *_ = counts.most_common(1) or [(0.0, 0)]
    if number < _FEWEST or number <= _MOST * len(files):
        return []
    low, high = corpus.duration_range_s
    cut = f"{number} of {len(files)} files last {length:g} s exactly, as if cut or padded"
    return [f"{cut}; published: {low:g} to {high:g} s"]


def _rates(corpus: Corpus, files: Sequence[Measured]) -> list[str]:
    rates = Counter(one.sampling_rate_hz for one in files if not _is_known(corpus, one, "rate"))
    return [
        f"{number} of {len(files)} files have {rate} Hz; published: {corpus.sampling_rate_hz} Hz"
        for rate, number in sorted(rates.items())
        if rate not in (corpus.sampling_rate_hz, *corpus.other_rates_hz)
    ]


def _lengths(corpus: Corpus, files: Sequence[Measured]) -> list[str]:
    low, high = corpus.duration_range_s
    odd = [one for one in files if not low <= one.duration_s <= high and not _is_known(corpus, one)]
    if not odd:
        return []
    return [f"{len(odd)} of {len(files)} files, such as {odd[0].path}, do not last {low:g} to {high:g} s, as published"]


def _total(corpus: Corpus, files: Sequence[Measured]) -> list[str]:
    """Of a complete copy: silence that was cut off or added changes it."""
    if corpus.hours is None or len(files) != corpus.num_utterances:
        return []
    hours = sum(one.duration_s for one in files) / 3600
    if abs(hours - corpus.hours) <= _TOTAL * corpus.hours:
        return []
    return [f"its {len(files)} files last {60 * hours:.1f} minutes in all; published: {60 * corpus.hours:.1f}"]


def _hashes(corpus: Corpus, files: Sequence[Measured]) -> list[str]:
    hashes = corpus.sha256()
    compared = [one for one in files if one.sha256 and one.utterance_id in hashes]
    other = sum(hashes[one.utterance_id] != one.sha256 for one in compared)
    return [f"{other} of {len(compared)} files are not the published bytes"] if other else []


def _is_known(corpus: Corpus, one: Measured, kind: str | None = None) -> bool:
    defect = corpus.known_defects.get(one.utterance_id) or corpus.known_defects.get(one.path)
    return defect is not None and kind in (None, defect.kind)
