"""How much of labelled data a model was trained on, in words, and what of it may be scored."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Literal

from zoo import audio, fingerprint
from zoo.audit.sameness import Known, Sameness, Utterance, compare
from zoo.errors import REFUSED, ZooError
from zoo.listings.people import person
from zoo.releases.card import Card
from zoo.scoring.labelled import Labelled, LabelledData
from zoo.terminal import with_bar

# what to do with data that the model was trained on
Choice = Literal["refuse", "include", "leave out"]
OTHER_SPEAKERS = "--other-speakers"
_BY = {"samples": "their samples", "sound": "their sound", "name": "their names"}
_NAMED = 12  # speakers


@dataclass(frozen=True)
class Overlap:
    """What a model was trained on, of data it is scored on.

    left_out: whether that is left out of the score, so that it is of the rest.
    """

    sameness: Sameness
    left_out: bool = False

    def __bool__(self) -> bool:
        return any(self.sameness.evidence)

    @property
    def num_utterances(self) -> int:
        """Those with the samples of training data."""
        return self.sameness.count("samples")

    @property
    def num_copies(self) -> int:
        """Others that sound as training data does: louder, resampled, compressed or trimmed copies."""
        return self.sameness.count("sound")

    @property
    def num_named(self) -> int:
        """Others with the file names of training data, where copies of it could not be looked for by their sound."""
        return self.sameness.count("name")

    @property
    def num_of_speakers(self) -> int:
        """Further utterances, which are new, but by speakers that it was trained on."""
        return self.sameness.count("speaker")

    @property
    def num_new(self) -> int:
        """Utterances that are new, by new speakers."""
        return self.sameness.count(None)

    @property
    def num_trained_on(self) -> int:
        """Utterances that are training data."""
        return self.num_utterances + self.num_copies + self.num_named

    @property
    def total(self) -> int:
        """All utterances."""
        return len(self.sameness.evidence)

    @property
    def speakers(self) -> tuple[str, ...]:
        """Speakers that it was trained on, as the data names them."""
        return self.sameness.speakers

    def __str__(self) -> str:
        parts = []
        if self.num_utterances:
            parts.append(_of(self.num_utterances, "utterance"))
        if self.num_copies:
            parts.append(f"other copies of {_of(self.num_copies, 'utterance')}")
        if self.num_named:
            parts.append(f"{_of(self.num_named, 'utterance')} by their names")
        if self.speakers:
            parts.append(f"{_of(len(self.speakers), 'speaker')} ({_some(self.speakers)})")
        return " and ".join(parts)

    @property
    def verdict(self) -> str:
        """How much of all the data it was trained on, in a sentence."""
        rest = self.total - self.num_trained_on
        by = [f"{self.sameness.count(kind)} by {how}" for kind, how in _BY.items() if self.sameness.count(kind)]
        share = 100 * self.num_trained_on / self.total
        said = f"{self.num_trained_on} of {_of(self.total, 'utterance')} ({share:.0f} %) are copies of training data"
        said += f" ({', '.join(by)})" if by else ""
        heard = "by speakers that it was trained on"
        if not rest:
            return said
        new = (
            "new"
            if self.sameness.copies_looked_for
            else "unknown (without fingerprints, copies that sound alike are not looked for)"
        )
        if not self.num_of_speakers:
            return f"{said}; the other {rest} are {new}"
        if not self.num_new:
            return f"{said}; the other {rest} are {new}, but all {heard}"
        return f"{said}; the other {rest} are {new}, but {self.num_of_speakers} of them {heard}"

    @property
    def notes(self) -> list[str]:
        """What is not certain."""
        if not (doubtful := self.sameness.doubtful):
            return []
        return [
            f"{_of(len(doubtful), 'speaker')} ({_some(doubtful)}) may have the name of one that it was trained on, but "
            "nothing else says so: taken for other people"
        ]


def judged(
    card: Card,
    data: LabelledData,
    rows: Sequence[Labelled],
    fingerprints: Sequence[bytes] | None,
    choice: Choice,
    other_speakers: bool = False,
    people: Collection[str] = (),
) -> tuple[Overlap, list[Labelled]]:
    """What the model was trained on of the rows, and the rows that are to be scored.

    fingerprints: those of what it was trained on, None if there are none. other_speakers: see `sameness.compare`.
    people: further speakers that it knows, as whoever has the data names them.
    Raises ZooError for files that cannot be read; with exit code 3 if the model was trained on some of the rows and
    the choice is to refuse that, or if it was trained on all and the choice is to leave them out.
    """
    overlap = overlap_of(card, data, utterances(rows), fingerprints, other_speakers)
    if people and not other_speakers:
        overlap = Overlap(_with_people(overlap.sameness, [row.speaker for row in rows], people))
    if not overlap or choice == "include":
        return overlap, [*rows]
    if choice == "refuse":
        raise _refusal(card, data, overlap, "trained or adapted" if people else "trained")
    rest = [row for row, evidence in zip(rows, overlap.sameness.evidence, strict=True) if evidence is None]
    if not rest:
        raise ZooError(
            f"{card.name} was trained on {overlap} of {data.name}: {overlap.verdict}; nothing is left to score",
            "score it on other speakers, or pass --include-training-data",
            REFUSED,
        )
    return Overlap(overlap.sameness, left_out=True), rest


def _with_people(found: Sameness, speakers: Sequence[str | None], people: Collection[str]) -> Sameness:
    """The same, with utterances of these people too."""
    known = {person(name) for name in people}
    theirs = {name for name in speakers if name is not None and person(name) in known}
    evidence = tuple(
        how or ("speaker" if name in theirs else None) for how, name in zip(found.evidence, speakers, strict=True)
    )
    return replace(found, evidence=evidence, speakers=tuple(sorted({*found.speakers, *theirs})))


def overlap_of(
    card: Card,
    data: LabelledData,
    asked: Sequence[Utterance],
    fingerprints: Sequence[bytes] | None,
    other_speakers: bool = False,
) -> Overlap:
    """What a model was trained on, or started from, of the utterances of the data."""
    start, own = card.release.start, card.training.speakers
    if len(card.release.members) == 1:  # speakers of several corpora are named after theirs
        own = [f"{card.release.corpus}/{name}" for name in own]
    speakers: defaultdict[str, set[str]] = defaultdict(set)
    if data.origin in (None, card.origin):  # a synthetic speaker is not the recorded one of the same name
        for corpus, _, speaker in (name.partition("/") for name in (*own, *(start.speakers if start else ()))):
            speakers[corpus].add(speaker)
    known = Known(
        samples=frozenset([*card.training.sha256_samples, *(start.sha256_samples if start else ())]),
        fingerprints=fingerprints,
        speakers={corpus: frozenset(names) for corpus, names in speakers.items()},
    )
    return Overlap(compare(known, asked, data.corpus, other_speakers))


def utterances(rows: Sequence[Labelled]) -> list[Utterance]:
    """The rows with what their audio is known by. Raises one ZooError for all files that cannot be read."""
    found: list[Utterance] = []
    problems: list[ZooError] = []
    for row in with_bar(rows, "reading audio"):
        try:
            recording = audio.read(row.path)
            own = fingerprint.of(audio.mono_16k(recording, row.path))
            found.append(Utterance(PurePosixPath(row.path.as_posix()), row.speaker, recording.sha256_samples, own))
        except ZooError as error:
            problems.append(error)
    stop_at_bad(problems, len(rows))
    return found


def stop_at_bad(problems: Sequence[ZooError], total: int) -> None:
    """Raise one ZooError for all files that cannot be used, if there are any."""
    if problems:
        named = "; ".join(problem.message for problem in problems[:5])
        more = f"; and {len(problems) - 5} more" if len(problems) > 5 else ""
        raise ZooError(f"{len(problems)} of {total} files cannot be used: {named}{more}", problems[0].hint)


def _refusal(card: Card, data: LabelledData, overlap: Overlap, how: str) -> ZooError:
    ways = ["score it on other speakers"]
    if overlap.num_new:
        ways.append(f"pass --leave-out-training-data to score the {overlap.num_new} new ones by other speakers")
    ways.append("pass --include-training-data")
    hint = ", or ".join(ways)
    if overlap.sameness.by_name_only:
        hint = f"if they are other people with the same names, pass {OTHER_SPEAKERS}; else {hint}"
    return ZooError(
        f"{card.name} was {how} on {overlap} of {data.name}: a score on them is not a result. {overlap.verdict}",
        hint,
        REFUSED,
    )


def _of(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:_NAMED]) + (", …" if len(names) > _NAMED else "")
