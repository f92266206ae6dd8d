"""Whether recordings are the same, and their speakers the same people: by samples, sound, and names, in this order.

What is heard is strong evidence: equal samples, or the fingerprints of copies (`zoo.fingerprint`). So are names as only
one corpus gives them to its files. The name of a speaker is weak: half the world numbers its speakers from 1.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from zoo import corpora, fingerprint
from zoo.audit.speaker_names import form, is_number, meant
from zoo.corpora.contract import ParsedName

# Of the recordings: names of files that are a corpus's are its recordings if most are, or if the stated speaker agrees.
MOST = 0.5
# Of the recordings: if so many are copies of known ones, names of speakers mean the known speakers.
SUPPORT = 0.1


@dataclass(frozen=True)
class Known:
    """Recordings that others are compared with, such as those a model was trained on.

    samples: the sha256 of their samples. fingerprints: None if there are none. speakers: corpus -> its speakers.
    """

    samples: frozenset[str]
    fingerprints: Sequence[bytes] | None
    speakers: Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Utterance:
    """A recording that is asked about; speaker: None if unknown; samples: the sha256 of its samples."""

    path: PurePosixPath
    speaker: str | None
    samples: str
    fingerprint: bytes


@dataclass(frozen=True)
class Sameness:
    """How the utterances asked about are known, each one's first evidence of `samples`, `sound`, `name`, `speaker`, or
    None for new ones.

    sound: that of a copy. name: the corpus's own name for it. speaker: it is new, but by a known speaker.
    speakers: the known speakers among those asked about, as these name them. by_name_only: nothing but the names of
    speakers says that they are known. doubtful: speakers that have the name of a known one, but are taken for others.
    copies_looked_for: whether there were fingerprints to compare with.
    """

    evidence: tuple[str | None, ...]
    speakers: tuple[str, ...]
    by_name_only: bool
    doubtful: tuple[str, ...]
    copies_looked_for: bool

    def count(self, kind: str | None) -> int:
        """The number of utterances with this evidence."""
        return self.evidence.count(kind)


def compare(
    known: Known, asked: Sequence[Utterance], corpus: str | None = None, other_speakers: bool = False
) -> Sameness:
    """How the utterances are known. corpus: that of all of them, whose names are then certain; None if unknown.

    other_speakers: somebody states that those who only have the names of known speakers are other people.
    """
    evidence = _by_audio(known, asked)
    people = {row.speaker for row, found in zip(asked, evidence, strict=True) if found and row.speaker is not None}
    if corpus is not None:
        people |= _speakers(asked) & known.speakers.get(corpus, frozenset())
        only, doubtful = False, set[str]()
    else:
        named = _by_name(known, asked)
        for place, name in enumerate(named):
            if name is not None:
                people |= _speakers([asked[place]])
                # where copies were looked for and this is none, its name only says who speaks
                evidence[place] = evidence[place] or ("speaker" if known.fingerprints is not None else "name")
        more, only, doubtful = _by_speakers(known, asked, people, sum(found is not None for found in evidence))
        if only and other_speakers:
            more, doubtful = set(), doubtful | more
        people |= more
        only = only and not any(evidence)
        doubtful -= people
    for place, row in enumerate(asked):
        if row.speaker in people:
            evidence[place] = evidence[place] or "speaker"
    return Sameness(
        tuple(evidence), tuple(sorted(people)), only, tuple(sorted(doubtful)), known.fingerprints is not None
    )


def _by_audio(known: Known, asked: Sequence[Utterance]) -> list[str | None]:
    evidence: list[str | None] = ["samples" if row.samples in known.samples else None for row in asked]
    rest = [place for place, found in enumerate(evidence) if found is None]
    for one in fingerprint.same(known.fingerprints or (), [asked[place].fingerprint for place in rest]):
        evidence[rest[one.asked]] = "sound"
    return evidence


def _by_name(known: Known, asked: Sequence[Utterance]) -> list[ParsedName | None]:
    """What file names say of utterances by known speakers, if the names are their corpus's."""
    found: list[ParsedName | None] = [None] * len(asked)
    for corpus, speakers in known.speakers.items():
        read = corpora.get(corpus).parse_name if corpus in corpora.names() else None
        names = [read(row.path) if read else None for row in asked]
        most = sum(name is not None for name in names) > MOST * len(asked)
        stated = meant(_speakers(asked), speakers)
        for place, (row, name) in enumerate(zip(asked, names, strict=True)):
            if name and name.speaker_id in speakers and (most or stated.get(row.speaker or "") == name.speaker_id):
                found[place] = name
    return found


def _by_speakers(
    known: Known, asked: Sequence[Utterance], heard: set[str], num_known: int
) -> tuple[set[str], bool, set[str]]:
    """The speakers that are known by what they are called, whether nothing else says so, and those that may not be.

    heard: those of the num_known utterances for which there is other evidence: whoever is named in the same way as one
    of them, and has the number of a known speaker, is that speaker. Without other evidence, all must have names of
    known speakers: spelled the same where copies were looked for and none was found. A name that is more than a number
    is enough by itself.
    """
    every, speakers = _speakers(asked), {name for names in known.speakers.values() for name in names}
    means = meant(every, speakers)
    alike = {name for name, speaker in means.items() if speaker is not None}
    exact = alike & speakers
    if num_known >= SUPPORT * len(asked):
        forms = {form(name) for name in heard}
        return {name for name in alike if form(name) in forms}, False, set()
    wanted = alike if known.fingerprints is None else exact
    people = wanted if wanted == every else {name for name in exact if not is_number(name)}
    return people, True, alike - people


def _speakers(asked: Sequence[Utterance]) -> set[str]:
    return {row.speaker for row in asked if row.speaker is not None}


def groups(samples: Sequence[str], fingerprints: Sequence[bytes] | None = None) -> list[tuple[int, ...]]:
    """Recordings that are one and the same, by their places: two or more with the same samples or sound.

    samples: the sha256 of their samples. Time grows with their number, not with that of their pairs.

    >>> groups(["a", "b", "a", "c"])
    [(0, 2)]
    """
    first: dict[str, int] = {}
    link = [first.setdefault(name, place) for place, name in enumerate(samples)]

    def root(place: int) -> int:
        while link[place] != place:
            place = link[place]
        return place

    for one, other in fingerprint.pairs(fingerprints or ()):
        low, high = sorted((root(one), root(other)))
        link[high] = low
    members: defaultdict[int, list[int]] = defaultdict(list)
    for place in range(len(link)):
        members[root(place)].append(place)
    return [tuple(group) for group in members.values() if len(group) > 1]
