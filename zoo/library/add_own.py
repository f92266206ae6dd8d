"""Add a corpus of somebody's own to data/ by its table: copied, never linked, completely or not at all."""

import filecmp
import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zoo import audio, corpora, corpus_file, fingerprint
from zoo.audio.judgement import faults
from zoo.corpora import own
from zoo.corpus_file import CorpusFile
from zoo.errors import WRONG_USAGE, ZooError
from zoo.files import named, write_text
from zoo.library import own_table, record
from zoo.library.corpus_files import copy, files_in
from zoo.library.manifest import measured
from zoo.library.own_facts import Options, facts_of
from zoo.library.own_table import Line, OwnTable
from zoo.library.places import DATA, exclusive, require_folder, require_project
from zoo.terminal import with_bar

AUDIO = "audio"  # folder of the copies, below the corpus's


@dataclass(frozen=True)
class Looked:
    """What would be added. rows: of utterances.csv. files: path in the corpus folder -> the file that is copied there.
    doubts: what a check will say later, a sentence each."""

    table: OwnTable
    facts: CorpusFile
    rows: list[dict[str, Any]]
    files: dict[str, Path]
    seconds: float
    doubts: list[str]


def require_name(name: str) -> None:
    """Raise ZooError for what is no name of a corpus, or that of one that comes with zoo."""
    if corpus_file.NAME.fullmatch(name) is None or len(name) > corpus_file.MAX_NAME:
        hint = f"use lower-case letters, digits and _, at most {corpus_file.MAX_NAME}, the first a letter"
        raise ZooError(f"'{named(name)}' is no name of a corpus", hint, WRONG_USAGE)
    if corpora.REGISTRY.has(name):
        raise ZooError(
            f"{name} is {corpora.get(name).title}, which comes with zoo",
            "give the folder that holds it as published, or choose another name for your own",
            WRONG_USAGE,
        )


def look(name: str, path: Path, options: Options) -> Looked:
    """Read a table and all its audio; nothing is written.

    Raises ZooError for the name, a table that cannot be read, and one for all lines that cannot be used.
    """
    require_name(name)
    table = own_table.read(path)
    problems = list(table.problems)
    places = [(line.audio, line.start_s, line.end_s) for line in table.lines]
    found: list[dict[str, Any]] = []
    for line, row in zip(table.lines, measured(places, f"{name}: reading audio"), strict=True):
        if isinstance(row, ZooError):
            problems.append(f"{line.where}: {row.message.replace(str(line.audio), named(line.audio.name))}")
        else:
            found.append(row)
    if problems:
        raise own_table.failure(table, problems)
    copies = _copies(table.lines)
    rows = _rows(table.lines, copies)
    return Looked(
        table,
        facts_of(name, table, found, options),
        rows,
        {copy: source for source, copy in copies.items()},
        sum(row["duration_s"] for row in found),
        [*_doubts(table.lines, found), *_copies_by_sound(name, table.lines, found)],
    )


def add(name: str, looked: Looked) -> list[str]:
    """Copy what was looked at to data/NAME, write corpora/NAME.yaml and record the folder; a sentence per step.

    Adding the same again changes nothing. Raises ZooError if data/NAME holds something else, naming what differs.
    """
    require_project()
    require_folder(name)
    with exclusive(name):
        target, file, messages = DATA / name, corpus_file.path_of(name), []
        version = record.version(target)
        if target.exists():
            if difference := _difference(looked, target):
                raise ZooError(
                    f"{target} already holds another version of {name}: {difference}",
                    f"to replace it: zoo data remove {name}, then this again; the studies that use it will rerun",
                )
            messages.append(f"{target} already holds it")
        else:
            copy(looked.files, target, lambda part: write_text(part / own.TABLE, own.text_of(looked.rows)))
            messages.append(f"copied {len(looked.files)} files to {target}")
        text = corpus_file.text_of(looked.facts)
        if not file.is_file() or file.read_text(encoding="utf-8") != text:
            messages.append(f"wrote {file}: commit it; its fields may be edited (docs/add-a-corpus.md)")
            write_text(file, text)
        if version is not None and len(messages) == 1 and target.exists():
            return [*messages, f"{record.RECORD} already records it: nothing to do"]
        record.add_folder(target)
        return [*messages, f"recorded in {record.RECORD}"]


def _copies_by_sound(name: str, lines: Sequence[Line], found: Sequence[Mapping[str, Any]]) -> Iterable[str]:
    """Louder, resampled, compressed or trimmed copies, which a check of samples does not find."""
    prints = []
    for line in with_bar(lines, f"{name}: comparing by sound"):
        prints.append(fingerprint.of(audio.load(line.audio, line.start_s, line.end_s)))
    pairs = [
        (lines[one], lines[other])
        for one, other in fingerprint.pairs(prints)
        if found[one]["sha256_samples"] != found[other]["sha256_samples"]
    ]
    if pairs:
        one, other = max(pairs, key=lambda pair: (pair[0].speaker != pair[1].speaker, pair[0].label != pair[1].label))
        people = sum(first.speaker != second.speaker for first, second in pairs)
        yield (
            f"{len(pairs)} pairs are copies of one recording by their sound, {people} of them by several speakers, "
            f"such as {one.where} and {other.where}: scores on them are no result"
        )


def _copies(lines: Sequence[Line]) -> dict[Path, str]:
    """The file of each line -> its place in the corpus folder: as it lies below the folder that holds all of them."""
    sources = sorted({line.audio.resolve() for line in lines})
    top = Path(os.path.commonpath([source.parent for source in sources]))
    return {source: f"{AUDIO}/{source.relative_to(top).as_posix()}" for source in sources}


def _rows(lines: Sequence[Line], copies: Mapping[Path, str]) -> list[dict[str, Any]]:
    """The rows of utterances.csv, sorted by utterance."""
    ids = _ids(copies.values())
    rows = []
    for line in lines:
        path = copies[line.audio.resolve()]
        whole = line.start_s is None and line.end_s is None
        segment = "" if whole else f"_{_ms(line.start_s)}_{_ms(line.end_s)}"
        rows.append(
            {
                "utterance_id": ids[path] + segment,
                "path": path,
                "start_s": line.start_s,
                "end_s": line.end_s,
                "speaker": line.speaker,
                "label": line.label,
                "language": line.language,
                "text": line.text,
                "votes": line.votes,
            }
        )
    return sorted(rows, key=lambda row: str(row["utterance_id"]))


def _ms(seconds: float | None) -> str:
    return "end" if seconds is None else f"{1000 * seconds:07.0f}"


def _ids(paths: Iterable[str]) -> dict[str, str]:
    """Names of the files: as short as they stay different."""
    every = sorted(paths)
    inside = [Path(path).relative_to(AUDIO) for path in every]
    for names in ([path.stem for path in inside], [path.with_suffix("").as_posix() for path in inside]):
        if len(set(names)) == len(names):
            return dict(zip(every, names, strict=True))
    return {path: name.as_posix() for path, name in zip(every, inside, strict=True)}


def _difference(looked: Looked, target: Path) -> str:
    """How a folder differs from what was looked at; empty if it does not."""
    before = {row.utterance_id: row for row in own.read(target)}
    now = {row.utterance_id: row for row in own.parsed(own.text_of(looked.rows), target / own.TABLE)}
    parts = []
    for what, names in (
        ("new", sorted(now.keys() - before.keys())),
        ("gone", sorted(before.keys() - now.keys())),
        ("changed", sorted(name for name in now.keys() & before.keys() if now[name] != before[name])),
    ):
        if names:
            parts.append(f"{len(names)} {what}, such as {names[0]}")
    if not parts:
        other = [
            path
            for path, source in looked.files.items()
            if not (target / path).is_file() or not filecmp.cmp(source, target / path, shallow=False)
        ]
        strange = sorted({*files_in(target)} - {*looked.files, own.TABLE})
        parts += [f"{len(other)} with other audio, such as {other[0]}"] if other else []
        parts += [f"{len(strange)} other files, such as {strange[0]}"] if strange else []
    return "; ".join(parts)


def _doubts(lines: Sequence[Line], found: Sequence[Mapping[str, Any]]) -> Iterable[str]:
    judged = [faults(row["duration_s"], row["level_dbfs"], row["peak"], row["dc_offset"]) for row in found]
    offsets = sum("offset" in one for one in judged)
    if offsets:
        yield (f"{offsets} have a large DC offset: a study stops there, unless the corpus's file has `dc_offset: true`")
    labels: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for line, values in zip(lines, found, strict=True):
        labels[values["sha256_samples"]][line.label] += 1
    twins = [counts for counts in labels.values() if counts.total() > 1]
    if twins:
        several = sum(len(counts) > 1 for counts in twins)
        yield f"{sum(counts.total() for counts in twins)} are copies of others, {several} of them under several labels"
