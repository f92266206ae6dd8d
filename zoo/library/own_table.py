"""A table of somebody's own recordings, understood: one row an utterance, and every bad line with what is wrong."""

import json
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from zoo import listings
from zoo.corpus_file import SpeakerFacts
from zoo.errors import WRONG_USAGE, ZooError
from zoo.files import named
from zoo.listings.audio_files import audio_file
from zoo.listings.cells import seconds
from zoo.listings.people import person
from zoo.tables.manifest import NO_SPEAKER

ROLES = ("path", "label", "speaker", "sex", "age", "language", "text", "start", "end", "session")
VOTES = "votes"  # a column by this name: {"anger": 3, "neutral": 1} or anger:3 neutral:1
NAMED = 5  # bad lines named in a message
MAX_LABEL = 100  # characters of a label or a speaker's name
_SEXES = {
    **dict.fromkeys(("female", "f", "w", "woman", "weiblich", "frau"), "female"),
    **dict.fromkeys(("male", "m", "man", "männlich", "maennlich", "mann"), "male"),
    **dict.fromkeys(("", "unknown", "other", "u", "x", "d", "divers", "diverse", "non-binary", "nonbinary"), None),
}


@dataclass(frozen=True)
class Line:
    """An utterance. audio: its file. speaker: empty where the table names none. where: its place, for messages."""

    audio: Path
    label: str
    where: str
    speaker: str = ""
    start_s: float | None = None
    end_s: float | None = None
    language: str = ""
    text: str = ""
    votes: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class OwnTable:
    """lines: that can be used. speakers: none where the table names none. problems: of the other lines, `line 7: …`.

    num_rows: of the table. notes: what is not used, a sentence each.
    """

    path: Path
    lines: list[Line]
    speakers: dict[str, SpeakerFacts]
    problems: list[str]
    num_rows: int
    notes: list[str]


def read(path: Path) -> OwnTable:
    """Understand a table. Paths are relative to it, to the working directory, or absolute.

    Raises ZooError for a file that is no table, has no rows, or lacks the columns path and label.
    """
    listing = listings.read(path, ROLES)
    listing.require("path", "label")
    problems: list[str] = []
    lines: list[Line] = []
    facts: defaultdict[str, dict[str, dict[Any, str]]] = defaultdict(lambda: defaultdict(dict))
    seen: dict[tuple[Path, float | None, float | None], Line] = {}
    spelled: dict[str, Line] = {}
    for row in listing.rows:
        try:
            line = _line(row, path.parent, "speaker" in listing.columns)
            for key, value in _facts(row).items():
                if (other := next(iter(facts[line.speaker][key].items()), None)) is not None and other[0] != value:
                    raise ZooError(f"{line.speaker} has the {key} {value}, but {other[0]} in {other[1]}")
                facts[line.speaker][key][value] = row.place
            _require_once(line, seen)
            _require_one_spelling(line, spelled)
        except ZooError as error:
            problems.append(f"{row.place}: {error.message.removeprefix(f'{row.where}: ')}")
            continue
        lines.append(line)
    sessions, notes = _sessions(lines, [row for row in listing.rows if "session" in row.cells])
    speakers = {
        name: SpeakerFacts(
            sex=next(iter(facts[name]["sex"]), None),
            age=next(iter(facts[name]["age"]), None),
            session=sessions.get(name),
        )
        for name in sorted({line.speaker for line in lines} - {""})
    }
    return OwnTable(path, lines, speakers, problems, len(listing.rows), notes)


def failure(table: OwnTable, problems: list[str]) -> ZooError:
    """One error for all bad lines, of which the first are named."""
    shown = problems[:NAMED] + ([f"and {len(problems) - NAMED} more"] if len(problems) > NAMED else [])
    return ZooError(
        f"{len(problems)} of {table.num_rows} lines of {named(table.path)} cannot be used: {'; '.join(shown)}",
        "correct or remove these lines; nothing was copied",
        WRONG_USAGE,
    )


def _line(row: listings.Row, folder: Path, has_speakers: bool) -> Line:
    cells = row.cells
    for role in ("path", "label", *(("speaker",) if has_speakers else ())):
        if not cells.get(role):
            more = ", though others have one: fill it in, or remove the column" if role == "speaker" else ""
            raise ZooError(f"it has no {role}{more}")
    for role in ("label", "speaker"):
        value = cells.get(role, "")
        if len(value) > MAX_LABEL or not value.isprintable() or "/" in value or value.startswith(NO_SPEAKER):
            raise ZooError(f"'{named(value)}' is no {role}: up to {MAX_LABEL} printable characters, without /")
    start, end = _times(cells)
    return Line(
        audio=audio_file(row, folder),
        label=cells["label"],
        where=row.place,
        speaker=cells.get("speaker", ""),
        start_s=start,
        end_s=end,
        language=cells.get("language", ""),
        text=" ".join(cells.get("text", "").split()),
        votes=_votes(row.other),
    )


def _times(cells: dict[str, str]) -> tuple[float | None, float | None]:
    found = []
    for role in ("start", "end"):
        cell = cells.get(role)
        value = None if cell is None else seconds(cell)
        if cell is not None and value is None:
            raise ZooError(f"the {role} '{named(cell)}' is no time in seconds")
        found.append(value)
    start, end = found
    if start is not None and end is not None and start >= end:
        raise ZooError(f"it starts at {start:g} s and ends at {end:g} s")
    return start or (None if end is None else 0.0), end


def _facts(row: listings.Row) -> dict[str, Any]:
    """Sex and age of the row's speaker, as far as they are stated."""
    found: dict[str, Any] = {}
    if (sex := row.cells.get("sex", "").casefold()) not in _SEXES:
        raise ZooError(f"the sex '{named(sex)}' is neither female nor male; leave it empty where it is neither")
    if _SEXES[sex] is not None:
        found["sex"] = _SEXES[sex]
    if (age := row.cells.get("age", "")) and row.cells.get("speaker"):
        try:
            found["age"] = round(float(age.replace(",", ".")))
            if not 0 <= found["age"] <= 120:
                raise ValueError
        except (ValueError, OverflowError):
            raise ZooError(f"the age '{named(age)}' is no number of years") from None
    return found if row.cells.get("speaker") else {}


def _votes(other: dict[str, Any]) -> dict[str, float]:
    """Label -> votes, of a column named votes."""
    value = next((value for name, value in other.items() if name.strip().casefold() == VOTES), None)
    if value is None or value == "":
        return {}
    try:
        if isinstance(value, str):
            pairs = value.replace(";", " ").replace(",", " ").split()
            value = json.loads(value) if value.lstrip().startswith("{") else dict(pair.rsplit(":", 1) for pair in pairs)
        counts = {str(label): float(count) for label, count in dict(value).items() if count is not None}
        if not all(0 <= count < float("inf") for count in counts.values()):
            raise ValueError
    except (ValueError, TypeError):
        raise ZooError(f"the votes '{named(value)}' are not like anger:3 neutral:1") from None
    return {label: count for label, count in counts.items() if count}


def _require_once(line: Line, seen: dict[tuple[Path, float | None, float | None], Line]) -> None:
    first = seen.setdefault((line.audio.resolve(), line.start_s, line.end_s), line)
    if first is line:
        return
    for what, one, other in (("label", line.label, first.label), ("speaker", line.speaker, first.speaker)):
        if one != other:
            raise ZooError(f"{named(line.audio.name)} has the {what} '{one}', but '{other}' in {first.where}")
    raise ZooError(f"{named(line.audio.name)} is in {first.where} too")


def _require_one_spelling(line: Line, spelled: dict[str, Line]) -> None:
    """Raise ZooError for a speaker who is written otherwise elsewhere, and would be two people in train and test."""
    first = spelled.setdefault(person(line.speaker), line)
    if first.speaker != line.speaker:
        raise ZooError(
            f"the speaker '{line.speaker}' is '{first.speaker}' in {first.where}: write one speaker in one way, or "
            "give two people names that differ by more"
        )


def _sessions(lines: list[Line], rows: list[listings.Row]) -> tuple[dict[str, str], list[str]]:
    """Speaker -> session, for those who are heard together: in one recording, or in one session that the table states.

    A column of sessions counts where every speaker is in one only: else it is, say, the day of a recording.
    """
    stated: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows:
        if speaker := row.cells.get("speaker"):
            stated[speaker].add(row.cells["session"])
    notes = []
    if any(len(sessions) > 1 for sessions in stated.values()):
        stated.clear()
        notes.append("the column of sessions is not used: speakers are in several of them")
    together: dict[str, set[str]] = {}
    groups: defaultdict[object, set[str]] = defaultdict(set)
    for line in lines:
        if line.speaker:
            groups[line.audio.resolve()].add(line.speaker)
    for speaker, sessions in stated.items():
        groups[("session", *sessions)].add(speaker)
    for members in groups.values():
        joined = members.union(*(together.get(name, set()) for name in members))
        together |= dict.fromkeys(joined, joined)
    return {name: f"with {min(group)}" for name, group in together.items() if len(group) > 1}, notes
