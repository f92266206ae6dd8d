"""Verify that a corpus in data/ is as published: counts, hashes, names, duplicates, and readable, audible audio."""

import hashlib
import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from zoo import audio, corpus_file
from zoo.audio.bandwidth import bandwidth_hz
from zoo.corpora import get
from zoo.corpora.contract import Corpus, Defect, Utterance, is_synthetic
from zoo.errors import ZooError
from zoo.library import copies, record
from zoo.library.corpus_files import files_in, files_of
from zoo.library.manifest import measure_all
from zoo.library.places import DATA
from zoo.library.published import Measured, deviations, uniform_lengths
from zoo.library.verification import Finding, Verification, keep, signature

_HEARD = 100  # recordings, at most, of which the bandwidth is measured


def verify(name: str) -> Verification:
    """Read, hash and decode each file of data/NAME once, compare with what is known, and save the outcome.

    Raises ZooError when the corpus is not in data/, or one of its folders cannot be read.
    """
    corpus, folder = get(name), DATA / name
    if not folder.is_dir():
        state = "a file" if folder.exists() else "missing"
        raise ZooError(
            f"{corpus.title} is not available: {folder} is {state}",
            f"dvc checkout or dvc pull {folder} if it is recorded; zoo data info {name} shows how to obtain it",
        )
    before = signature(folder)
    found = _verify(corpus, folder)
    keep(found, before)
    return found


def _verify(corpus: Corpus, folder: Path) -> Verification:
    findings: list[Finding] = []
    notes: list[str] = []
    synthetic, present = is_synthetic(folder), files_in(folder)
    utterances: list[Utterance] = []
    readable = True  # whether the reader accepts all names
    try:
        utterances += corpus.utterances(folder)
    except (
        ZooError
    ) as error:  # the reader's first problem is reported; it must be fixed before anything else can be checked
        readable = False
        notes.append("the audio was not verified: fix the names first")
        findings.append(Finding("names", (), f"{error.message.replace(f'{folder}/', '')}: {error.hint}"))
    paths = {utterance.utterance_id: utterance.path for utterance in utterances}
    rows: dict[str, dict[str, Any]] = {}
    for utterance, row in measure_all(corpus, folder, utterances, "verifying"):
        if isinstance(row, ZooError):
            findings.append(_unusable(corpus, folder, utterance, row))
        else:
            rows[utterance.utterance_id] = row
    hashes = {} if synthetic else corpus.sha256()
    recorded = record.added_files(folder)
    findings += _names(corpus, folder, utterances if readable else None, present, hashes, recorded)
    if readable:
        findings += _counts(corpus, utterances, synthetic)
    findings += [
        Finding("hash", (paths[name],), "its bytes are not the published ones")
        for name, row in rows.items()
        if hashes.get(name, row["sha256_file"]) != row["sha256_file"]
    ]
    if recorded is None:
        notes.append(f"it is unknown whether files have changed since they were added: {_no_listing(folder)}")
    compared = sorted(set(recorded or ()) & set(present))
    findings += _changed(folder, compared, recorded or {})
    if set(recorded or ()) - set(present) or any(finding.kind == "changed" for finding in findings):
        first = f"git checkout {record.RECORD}, then " if record.rewritten(folder) else ""
        notes.append(f"to restore what was added: {first}dvc checkout --force {folder}")
    findings += _duplicates(corpus, utterances, rows)
    own = corpus_file.has(corpus.name)
    files = [
        Measured(one.utterance_id, one.path, found["sampling_rate_hz"], found["duration_s"], found["sha256_file"])
        for one in utterances
        if (found := rows.get(one.utterance_id)) is not None
    ]
    if not synthetic:
        findings += _copies(corpus, folder, utterances, rows)
    if not (synthetic or own):
        findings += [Finding("lengths", (), text) for text in uniform_lengths(corpus, files)]
    return Verification(
        corpus=corpus.name,
        folder=folder.as_posix(),
        synthetic=synthetic,
        num_utterances=len(utterances),
        official_num_utterances=corpus.num_utterances,
        num_hashes=sum(name in hashes for name in rows),
        num_recorded=len(compared),
        findings=tuple(findings),
        deviations=None if synthetic or own else tuple(deviations(corpus, files)),
        bandwidth_hz=_bandwidth(folder, [one for one in utterances if one.utterance_id in rows]),
        notes=tuple(notes),
    )


def _bandwidth(folder: Path, utterances: list[Utterance]) -> float | None:
    """The median bandwidth of recordings, of so many that are spread over all of them."""
    some = utterances[:: -(-len(utterances) // _HEARD) or 1]
    each = [bandwidth_hz(audio.load(folder / one.path, one.start_s, one.end_s)) for one in some]
    found = [one for one in each if one is not None]
    return float(np.median(found)) if found else None


def _unusable(corpus: Corpus, folder: Path, utterance: Utterance, error: ZooError) -> Finding:
    path = utterance.path
    text = error.message.removeprefix(str(folder / path)).strip()
    if error.kind == "missing":
        return Finding("missing", (path,), "is missing")
    defect = _defect(corpus, utterance)
    if error.kind == "pointer":
        return Finding("pointer", (path,), text)
    if error.kind == "silent":
        return Finding("silent", (path,), text, defect is not None and defect.kind == "silent")
    return Finding("audio", (path,), text, defect is not None and defect.kind == "unreadable")


def _defect(corpus: Corpus, utterance: Utterance) -> Defect | None:
    """The known defect of an utterance, if any."""
    defects = corpus.known_defects
    return defects.get(utterance.utterance_id) or defects.get(utterance.path)


def _names(
    corpus: Corpus,
    folder: Path,
    utterances: list[Utterance] | None,
    present: list[str],
    hashes: Iterable[str],
    recorded: Iterable[str] | None,
) -> Iterator[Finding]:
    """Missing and unexpected files, judged by the corpus's names (None: not readable), the published hashes, and the
    files that were added.
    """
    present_ids = {utterance.utterance_id for utterance in utterances or ()}
    expected_ids = set(hashes) if utterances is not None else set()
    for utterance_id in sorted(expected_ids - present_ids):
        yield Finding("missing", (utterance_id,), "is missing", known=utterance_id in corpus.known_defects)
    audio = {utterance.path for utterance in utterances or ()}
    for path in sorted(set(recorded or ()) - set(present) - audio):
        if Path(path).stem not in expected_ids:
            yield Finding("missing", (path,), "is missing; it was present when the corpus was added")
    expected = files_of(corpus, folder, utterances) if utterances is not None else recorded
    for path in sorted(set(present) - set(expected)) if expected is not None else ():
        yield Finding("unexpected", (path,), "does not belong to the corpus")


def _counts(corpus: Corpus, utterances: list[Utterance], synthetic: bool) -> Iterator[Finding]:
    if synthetic:
        if not utterances:
            yield Finding("counts", (), "it contains no utterance")
        return
    counts = Counter(utterance.native_label for utterance in utterances)
    for label, number in corpus.native_labels.items():
        if counts[label] != number:
            yield Finding("counts", (), f"{label}: {counts[label]} utterances, published: {number}")


def _no_listing(folder: Path) -> str:
    if record.version(folder) is None:
        return f"{record.RECORD} does not record them"
    return f"DVC's cache has no list of them; `dvc fetch {folder}` may restore it"


def _changed(folder: Path, paths: list[str], recorded: Mapping[str, str]) -> Iterator[Finding]:
    """Files whose bytes have changed since they were added."""

    def compared(path: str) -> str:
        try:
            with (folder / path).open("rb") as file:
                same = hashlib.file_digest(file, "md5").hexdigest() == recorded[path]
        except OSError as error:
            return f"cannot be compared with what was added: {error.strerror}"
        return "" if same else "has changed since it was added"

    with ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool:
        for path, text in zip(paths, pool.map(compared, paths), strict=True):
            if text:
                yield Finding("changed", (path,), text)


def _duplicates(corpus: Corpus, utterances: list[Utterance], rows: dict[str, dict[str, Any]]) -> Iterator[Finding]:
    """Groups of files with the same bytes, and of further files with the same samples."""
    reported: set[tuple[str, ...]] = set()
    for column, what in (("sha256_file", "the same bytes"), ("sha256_samples", "the same samples")):
        groups: defaultdict[str, list[Utterance]] = defaultdict(list)
        for utterance in utterances:
            if utterance.utterance_id in rows:
                groups[rows[utterance.utterance_id][column]].append(utterance)
        for group in groups.values():
            # segments of one file have its bytes
            paths = tuple(dict.fromkeys(utterance.path for utterance in group))
            if len(paths) > 1 and paths not in reported:
                reported.add(paths)
                labels = sorted({utterance.native_label for utterance in group})
                differ = f", under different labels: {', '.join(labels)}" if len(labels) > 1 else ""
                yield Finding("duplicate", paths, what + differ, _known_twins(corpus, group))


def _copies(
    corpus: Corpus, folder: Path, utterances: list[Utterance], rows: dict[str, dict[str, Any]]
) -> Iterator[Finding]:
    """Other copies of a recording, such as louder, resampled, compressed or trimmed ones, here and in other corpora."""
    frame = copies.fingerprints(corpus.name, folder, utterances, rows)
    by_id = {utterance.utterance_id: utterance for utterance in utterances}
    for ids in copies.within(frame):
        twins = [by_id[one] for one in ids]
        paths = tuple(one.path for one in twins)
        yield Finding("copy", paths, "copies of one recording, by their sound", _known_twins(corpus, twins))
    for pair in copies.between(corpus.name, frame):
        yield Finding("copy", pair, "copies of one recording, in two corpora")


def _known_twins(corpus: Corpus, group: list[Utterance]) -> bool:
    """Whether the known defects of the group name all of its members."""
    ids = {utterance.utterance_id for utterance in group}
    known: set[str] = set()
    for utterance in group:
        if (defect := _defect(corpus, utterance)) is not None:
            known.update(set(defect.twins) - {utterance.utterance_id})
    return ids <= known
