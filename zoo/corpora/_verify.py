"""Is a corpus in data/ what its authors published? Counts, hashes, names, duplicates, and whether its audio sounds."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from zoo.corpora import _library, _record, get
from zoo.corpora._corpus import Corpus, Utterance, is_synthetic
from zoo.corpora._manifest import each_measured
from zoo.errors import ZooError
from zoo.files import write_text

Kind = Literal["names", "counts", "missing", "unexpected", "audio", "silent", "pointer", "hash", "duplicate"]


@dataclass(frozen=True)
class Finding:
    """Something that is not as published.

    paths: the files, relative to the corpus folder. known: whether the corpus's own description says so.
    """

    kind: Kind
    paths: tuple[str, ...]
    text: str
    known: bool = False


@dataclass(frozen=True)
class Verification:
    """What was found. num_hashes: files compared with a published hash. notes: what is different and no fault."""

    corpus: str
    folder: str
    synthetic: bool
    num_utterances: int
    official_num_utterances: int
    num_hashes: int
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]

    @property
    def num_new(self) -> int:
        """Findings that nobody knew of."""
        return sum(not finding.known for finding in self.findings)

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self) | {"verified": self.num_new == 0}


def verify(name: str) -> Verification:
    """Read, hash and decode each file of data/NAME once, and compare with what is known; the outcome is kept.

    Raises ZooError when the corpus is not here.
    """
    corpus, folder = get(name), _library.DATA / name
    if not folder.is_dir():
        raise ZooError(f"{corpus.title} is not here: {folder} is absent", f"zoo data info {name} says how it is had")
    seal = _signature(folder)
    found = _verify(corpus, folder)
    write_text(_library.seal(name), json.dumps({"signature": seal, "num_new": found.num_new}) + "\n")
    return found


def verified(name: str) -> bool | None:
    """Whether the last verification found nothing new; None without one, or where files have changed since."""
    try:
        kept = json.loads(_library.seal(name).read_text(encoding="utf-8"))
        return kept["num_new"] == 0 if kept["signature"] == _signature(_library.DATA / name) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _signature(folder: Path) -> str:
    """Changes with the name, size or time of any file."""
    lines = []
    for path in _files(folder):
        state = (folder / path).lstat()
        lines.append(f"{path}\0{state.st_size}\0{state.st_mtime_ns}\n")
    return hashlib.sha256("".join(lines).encode("utf-8", "surrogateescape")).hexdigest()


def _files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())


def _verify(corpus: Corpus, folder: Path) -> Verification:
    findings: list[Finding] = []
    notes: list[str] = []
    synthetic, present = is_synthetic(folder), _files(folder)
    try:
        utterances = list(corpus.utterances(folder))
    except ZooError as error:  # what the reader stumbles on is named; nothing else can be told before it is mended
        utterances = []
        notes.append("the audio was not looked at: first mend the names")
        findings.append(Finding("names", (), f"{error.message.replace(f'{folder}/', '')}: {error.hint}"))
    ids = {utterance.path: utterance.utterance_id for utterance in utterances}
    rows: dict[str, dict[str, Any]] = {}
    for utterance, row in each_measured(corpus, folder, utterances, "verifying"):
        if isinstance(row, ZooError):
            findings.append(_unusable(corpus, folder, utterance, row))
        else:
            rows[utterance.path] = row
    hashes = {} if synthetic else corpus.sha256()
    findings += _names(corpus, folder, utterances, present, hashes)
    if utterances and not synthetic:
        findings += _counts(corpus, utterances)
    findings += [
        Finding("hash", (path,), "its bytes are not the published ones")
        for path, row in rows.items()
        if hashes.get(ids[path], row["sha256_file"]) != row["sha256_file"]
    ]
    findings += _duplicates(corpus, utterances, rows)
    for rate, number in sorted(Counter(row["sampling_rate_hz"] for row in rows.values()).items()):
        if rate != corpus.sampling_rate_hz and 2 * number > len(rows) and not synthetic:
            notes.append(f"a converted copy: {number} files have {rate} Hz, published are {corpus.sampling_rate_hz} Hz")
    return Verification(
        corpus=corpus.name,
        folder=folder.as_posix(),
        synthetic=synthetic,
        num_utterances=len(utterances),
        official_num_utterances=corpus.num_utterances,
        num_hashes=sum(ids[path] in hashes for path in rows),
        findings=tuple(findings),
        notes=tuple(notes),
    )


def _unusable(corpus: Corpus, folder: Path, utterance: Utterance, error: ZooError) -> Finding:
    path = utterance.path
    text = error.message.removeprefix(str(folder / path)).strip()
    if not (folder / path).is_file():
        return Finding("missing", (path,), "is missing")
    kind: Kind = "silent" if "silent" in text else "pointer" if "LFS pointer" in text else "audio"
    defect = _defect(corpus, utterance)
    known = "silent" in defect if kind == "silent" else kind == "audio" and "cannot be read" in defect
    return Finding(kind, (path,), text, known)


def _defect(corpus: Corpus, utterance: Utterance) -> str:
    """What the corpus's description says is wrong with it."""
    defects = corpus.known_defects
    return defects.get(utterance.utterance_id) or defects.get(utterance.path) or ""


def _names(
    corpus: Corpus, folder: Path, utterances: list[Utterance], present: list[str], hashes: Iterable[str]
) -> Iterator[Finding]:
    """Files too few and too many: by the corpus's own names, the published hashes, and DVC's record of the folder."""
    recorded = _record.listing(folder)
    here = {utterance.utterance_id for utterance in utterances}
    if utterances:
        for utterance_id in sorted(set(hashes) - here):
            yield Finding("missing", (utterance_id,), "is missing", known=utterance_id in corpus.known_defects)
    if recorded is not None:
        told = {Path(path).stem for path in hashes} if utterances else set()
        audio = {utterance.path for utterance in utterances}
        for path in sorted(recorded - set(present) - audio):
            if Path(path).stem not in told:
                yield Finding("missing", (path,), "is missing; it was here when the corpus was added")
    wanted = set(_library.files_of(corpus, folder, utterances)) if utterances else recorded
    for path in sorted(set(present) - wanted) if wanted is not None else ():
        yield Finding("unexpected", (path,), "does not belong to the corpus")


def _counts(corpus: Corpus, utterances: list[Utterance]) -> Iterator[Finding]:
    counts = Counter(utterance.native_label for utterance in utterances)
    for label, number in corpus.native_labels.items():
        if counts[label] != number:
            yield Finding("counts", (), f"{label}: {counts[label]} utterances, published are {number}")


def _duplicates(corpus: Corpus, utterances: list[Utterance], rows: dict[str, dict[str, Any]]) -> Iterator[Finding]:
    """Groups of files with the same bytes, and of others with the same samples."""
    said: set[tuple[str, ...]] = set()
    for column, what in (("sha256_file", "the same bytes"), ("sha256_samples", "the same samples")):
        groups: defaultdict[str, list[Utterance]] = defaultdict(list)
        for utterance in utterances:
            if utterance.path in rows:
                groups[rows[utterance.path][column]].append(utterance)
        for group in groups.values():
            paths = tuple(utterance.path for utterance in group)
            if len(group) > 1 and paths not in said:
                said.add(paths)
                labels = sorted({utterance.native_label for utterance in group})
                differ = f", under different labels: {', '.join(labels)}" if len(labels) > 1 else ""
                yield Finding("duplicate", paths, what + differ, _known_twins(corpus, group))


def _known_twins(corpus: Corpus, group: list[Utterance]) -> bool:
    """Whether the description of one names each of the others."""
    defects = {utterance.utterance_id: _defect(corpus, utterance) for utterance in group}
    return all(any(other in text for one, text in defects.items() if one != other) for other in defects)
