"""Output of the commands about corpora: text, and JSON for programs."""

import textwrap
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import asdict

from zoo import corpus_file, terminal
from zoo.corpora.contract import Corpus
from zoo.errors import ZooError
from zoo.library.corpus_files import files_in
from zoo.library.entries import Entry
from zoo.library.fetch import size
from zoo.library.places import DATA
from zoo.library.verification import Finding, Verification, outcome

_WIDTH = 100
_NAMED = 10  # findings of a kind that are listed; JSON has all

# (here, recorded) -> state
_STATES = {
    (True, True): "here",
    (True, False): "here, not recorded",
    (False, True): "recorded, not here",
    (False, False): "absent",
}
_KINDS = {
    "names": "names",
    "counts": "official counts",
    "missing": "missing files",
    "unexpected": "unexpected files",
    "pointer": "Git LFS pointers",
    "audio": "unreadable audio",
    "silent": "silent audio",
    "hash": "published hashes",
    "lengths": "lengths",
    "changed": "since added",
    "duplicate": "duplicates",
    "copy": "copies by sound",
}


def listing(found: list[Entry]) -> str:
    """One line per corpus, then what to do about corpora that need attention."""
    rows, advice = [], []
    for entry in found:
        corpus, number = entry.corpus, str(entry.corpus.num_utterances)
        if entry.num_utterances is not None and entry.num_utterances != corpus.num_utterances:
            number = f"{entry.num_utterances} of {number}"
        rows.append(
            (
                corpus.name,
                _STATES[entry.here, entry.recorded]
                + (", CHANGED" if entry.changed else "")
                + (", SYNTHETIC" if entry.synthetic else ""),
                _verified(corpus.name) if entry.here else "-",
                number,
                _megabytes(_num_bytes(entry)),
                corpus.licence,
                "own" if corpus_file.has(corpus.name) else corpus.access,
            )
        )
        if action := entry.problem or _advice(entry):
            advice.append((corpus.name, action))
    head = ("corpus", "state", "verified", "utterances", "MB", "licence", "access")
    tables = [terminal.text(head, rows, right=(3, 4))]
    if advice:
        tables.append(terminal.text(("next", ""), advice))
    return "\n\n".join(tables)


def _verified(name: str) -> str:
    if (found := outcome(name)) is None:
        return "no"
    if not found.verified:
        return "FAILED"
    return "yes, not as published" if found.as_published is False else "yes"


def _advice(entry: Entry) -> str:
    name = entry.corpus.name
    if entry.here:
        if not entry.recorded:
            return f"zoo data add {name} {DATA / name}"
        return f"zoo data verify {name}" if entry.changed or not (last := outcome(name)) or not last.verified else ""
    if entry.recorded:
        return f"dvc pull, or zoo data {'fetch' if entry.corpus.downloads else 'add'} {name}" + (
            "" if entry.corpus.downloads else " PATH"
        )
    if entry.corpus.downloads:
        return f"zoo data fetch {name}, or zoo data add {name} PATH"
    return f"zoo data info {name}, then zoo data add {name} PATH"


def _num_bytes(entry: Entry) -> int | None:
    """Bytes on disk if the corpus is in data/, else of its download; None where unknown."""
    if not entry.here:
        return size(entry.corpus)
    folder = DATA / entry.corpus.name
    try:
        return sum((folder / path).lstat().st_size for path in files_in(folder))
    except (ZooError, PermissionError):
        return None


def _megabytes(number: int | None) -> str:
    return "-" if number is None else f"{number / 1e6:.1f}" if number < 1e7 else f"{number / 1e6:.0f}"


def listing_json(found: list[Entry]) -> str:
    """The same as JSON."""
    outcomes = {entry.corpus.name: outcome(entry.corpus.name) if entry.here else None for entry in found}
    return terminal.json_text(
        [
            {
                "name": entry.corpus.name,
                "title": entry.corpus.title,
                "here": entry.here,
                "recorded": entry.recorded,
                "changed": entry.changed,
                "verified": (last := outcomes[entry.corpus.name]) and last.verified,
                "as_published": last and last.as_published,
                "licence": entry.corpus.licence,
                "commercial_use": entry.corpus.commercial_use,
                "access": entry.corpus.access,
                "num_utterances": entry.num_utterances,
                "official_num_utterances": entry.corpus.num_utterances,
                "num_bytes": _num_bytes(entry),
                "synthetic": entry.synthetic,
                "problem": entry.problem or None,
                "obtain": entry.corpus.obtain,
            }
            for entry in found
        ]
    )


def facts(corpus: Corpus) -> str:
    """What is known about a corpus, one section per topic."""
    low, high = corpus.duration_range_s
    sections = [
        (
            "audio",
            [
                f"{corpus.num_utterances} utterances of {low:g} to {high:g} s, {corpus.sampling_rate_hz} Hz, "
                f"language {corpus.language}"
            ],
        ),
        ("speakers", [_speakers(corpus)]),
        ("classes", [", ".join(f"{label} {number}" for label, number in corpus.native_labels.items())]),
        ("ratings", [f"valence, arousal and dominance from {low:g} to {high:g}" for low, high in _scale(corpus)]),
        ("limits", [f"- {limit}" for limit in corpus.limits]),
        (
            "licence",
            [f"{corpus.licence}. {corpus.terms}", f"commercial use: {'yes' if corpus.commercial_use else 'no'}"],
        ),
        ("known defects", [f"- {names}: {what}" for what, names in _defects(corpus).items()]),
        ("how to obtain it", _obtain(corpus)),
        ("cite", [corpus.citation]),
    ]
    lines = [f"{corpus.title} ({corpus.name})"]
    for head, paragraphs in sections:
        if paragraphs:
            lines += ["", head]
            lines += [_wrapped(paragraph) for paragraph in paragraphs]
    return "\n".join(lines)


def _wrapped(text: str) -> str:
    inner = "    " if text.startswith("- ") else "  "
    return textwrap.fill(
        text, _WIDTH, initial_indent="  ", subsequent_indent=inner, break_long_words=False, break_on_hyphens=False
    )


def _scale(corpus: Corpus) -> Iterable[tuple[float, float]]:
    return () if corpus.rating_scale is None else (corpus.rating_scale,)


def _speakers(corpus: Corpus) -> str:
    if not corpus.speakers:
        return "unknown: figures are speaker-dependent, since people may be in training and test"
    sexes = Counter(speaker.sex or "of unknown sex" for speaker in corpus.speakers.values())
    ages = [speaker.age for speaker in corpus.speakers.values() if speaker.age is not None]
    aged = f", aged {min(ages)} to {max(ages)}" if ages else ""
    return f"{len(corpus.speakers)}: {', '.join(f'{number} {sex}' for sex, number in sorted(sexes.items()))}{aged}"


def _defects(corpus: Corpus) -> dict[str, str]:
    """Defect -> files."""
    files: defaultdict[str, list[str]] = defaultdict(list)
    for name, defect in corpus.known_defects.items():
        files[defect.text].append(name)
    return {what: ", ".join(names) for what, names in files.items()}


def _obtain(corpus: Corpus) -> list[str]:
    if corpus_file.has(corpus.name):
        return [corpus.obtain]
    if not corpus.downloads:
        return [corpus.obtain, f"Then: zoo data add {corpus.name} PATH"]
    lines = [corpus.obtain, f"zoo data fetch {corpus.name} downloads it from"]
    for download in corpus.downloads:
        known = [f"{download.num_bytes} bytes"] if download.num_bytes else []
        known += [download.checksum] if download.checksum else []
        lines.append("- " + download.url + (f" ({', '.join(known)})" if known else ""))
    return lines


def facts_json(corpus: Corpus) -> str:
    """The same as JSON."""
    return terminal.json_text(
        {
            "name": corpus.name,
            "title": corpus.title,
            "citation": corpus.citation,
            "licence": corpus.licence,
            "terms": corpus.terms,
            "commercial_use": corpus.commercial_use,
            "access": corpus.access,
            "obtain": corpus.obtain,
            "downloads": [vars(download) for download in corpus.downloads],
            "limits": list(corpus.limits),
            "language": corpus.language,
            "sampling_rate_hz": corpus.sampling_rate_hz,
            "duration_range_s": list(corpus.duration_range_s),
            "rating_scale": list(corpus.rating_scale) if corpus.rating_scale else None,
            "speakers": {name: vars(speaker) for name, speaker in corpus.speakers.items()},
            "native_labels": dict(corpus.native_labels),
            "num_utterances": corpus.num_utterances,
            "known_defects": {name: asdict(defect) for name, defect in corpus.known_defects.items()},
        }
    )


def verification(found: Verification) -> str:
    """One line per check, followed by its findings."""
    by_kind: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in found.findings:
        by_kind[finding.kind].append(finding)
    lines = [f"{found.corpus} in {found.folder}: {found.num_utterances} utterances"]
    lines[0] += ", SYNTHETIC: counts and hashes are not compared" if found.synthetic else ""
    for kind, title in _KINDS.items():
        findings = by_kind[kind]
        new = [finding for finding in findings if not finding.known]
        state = f"{len(new)} WRONG" if new else "ok" if not findings else f"ok, {len(findings)} known"
        if kind == "hash" and not new:
            state = f"ok, {found.num_hashes} equal" if found.num_hashes else "nothing to compare"
        if kind == "changed" and not new:
            state = f"ok, {found.num_recorded} unchanged" if found.num_recorded else "nothing to compare"
        if kind == "counts" and not new and not found.synthetic and found.num_utterances:
            state = f"ok, {found.official_num_utterances}"
        lines.append(f"  {title:<18}{state}")
        known = [finding for finding in findings if finding.known]
        for group, mark in ((new, "- "), (known, "- known: ")):
            lines += [f"    {mark}{_finding_text(finding)}" for finding in group[:_NAMED]]
            if len(group) > _NAMED:
                lines.append(f"    {mark}and {len(group) - _NAMED} more; --json lists all")
    lines += [f"  not as published: {deviation}" for deviation in found.deviations or ()]
    if found.bandwidth_hz is not None:
        lines.append(f"  {'bandwidth':<18}{found.bandwidth_hz / 1000:.1f} of 8.0 kHz")
    lines += [f"  note: {note}" for note in found.notes]
    verdict = f"NOT verified: {found.num_new} new" if found.num_new else "verified: no new problems"
    lines.append(f"{verdict}; not as published" if found.deviations else verdict)
    return "\n".join(lines)


def _finding_text(finding: Finding) -> str:
    if finding.kind in ("duplicate", "copy"):
        return f"{' = '.join(finding.paths)}: {finding.text}"
    return f"{', '.join(finding.paths)} {finding.text}".strip()


def verification_json(found: Verification) -> str:
    """The same as JSON, with every finding."""
    return terminal.json_text(found.as_dict())
