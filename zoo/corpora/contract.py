"""The corpus contract: facts as data, behaviour as two functions."""

import filecmp
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Literal

from zoo.errors import ZooError

# licences under which recordings may be part of a page that states where they are from
_OPEN_LICENCES = ("CC0-1.0", "CC-BY-3.0", "CC-BY-4.0")
# A folder with this file holds synthetic stand-ins; its first line may state where they come from.
SYNTHETIC = "SYNTHETIC.txt"
_ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".7z", ".rar")


@dataclass(frozen=True)
class Speaker:
    """A speaker: `sex` is 'female', 'male' or None where unknown; `age` in years or None.

    session: the same for the speakers of one dialogue, None for speakers who were recorded alone.
    """

    sex: str | None
    age: int | None = None
    session: str | None = None


@dataclass(frozen=True)
class Vote:
    """How often a native label was chosen.

    source: raters (outside listeners), self (the speaker), or a crowd: voice (only heard), face (only seen) or both.
    count: may be a fraction where a rater gave several labels.
    """

    source: str
    label: str
    count: float


@dataclass(frozen=True)
class Utterance:
    """What file names and label files state about an utterance: the manifest's columns that do not need the audio."""

    utterance_id: str
    path: str  # relative to the corpus folder, with /
    speaker_id: str
    native_label: str
    take_group: str
    text_id: str | None = None
    intensity: str | None = None
    elicitation: str = "acted"
    label_source: str = "acted"
    valence: float | None = None  # on the corpus's rating scale, like the next two
    arousal: float | None = None
    dominance: float | None = None
    votes: tuple[Vote, ...] = ()
    agreement: float | None = None
    start_s: float | None = None  # of a segment of the file; None: from its beginning, or to its end
    end_s: float | None = None
    language: str | None = None  # None: the corpus's


@dataclass(frozen=True)
class ParsedName:
    """What a file's name alone states about an utterance, as in the manifest.

    native_label: None where names do not contain it. performance: the same for files with the same sound, where names
    show that; else None.
    """

    utterance_id: str
    speaker_id: str
    take_group: str
    text_id: str | None = None
    native_label: str | None = None
    performance: str | None = None


DefectKind = Literal[
    "silent",  # contains only silence
    "unreadable",  # cannot be decoded
    "twin",  # has the same content as other files
    "stereo",  # two channels where other files have one
    "rate",  # another sampling rate than the other files
    "header",  # a header that some programs cannot read
    "name",  # published under an irregular name
    "votes",  # the crowd's votes are unreliable
]


@dataclass(frozen=True)
class Defect:
    """What is known to be wrong with a published file.

    kind: for code. text: for users. twins: the ids of the utterances with the same content.
    """

    kind: DefectKind
    text: str
    twins: tuple[str, ...] = ()


@dataclass(frozen=True)
class Recognition:
    """Whether a folder is the corpus.

    root: the folder (itself or a subfolder) that holds the corpus, None if it does not.
    reason: what was recognised, or why not, as a sentence that a user can act on.
    """

    root: Path | None
    reason: str


@dataclass(frozen=True)
class Download:
    """An official archive or file of a corpus.

    checksum: `md5:…` or `sha256:…` as published, None where none is. num_bytes: as published, None where it is not.
    path: for a file, its place in the corpus folder; empty for a zip archive, which is unpacked.
    `{utterance_id}` in url and path stands for one file per utterance, with the checksums of `Corpus.sha256`.
    """

    url: str
    checksum: str | None = None
    num_bytes: int | None = None
    path: str = ""


@dataclass(frozen=True)
class Corpus:
    """Everything that is known about a corpus."""

    name: str
    title: str
    citation: str
    licence: str  # SPDX identifier where there is one
    terms: str  # what the licence means for the data and for weights trained on it, in one or two sentences
    obtain: str  # how to obtain it
    language: str
    sampling_rate_hz: int
    speakers: Mapping[str, Speaker]  # none where nobody knows who speaks: then only random_recordings splits it
    native_labels: Mapping[str, int]  # label -> official number of utterances
    duration_range_s: tuple[float, float]  # shortest and longest official utterance, with some margin
    recognise: Callable[[Path], Recognition]
    utterances: Callable[[Path], Iterator[Utterance]]
    # what a file's name states, for audits without the corpus; None for other names. Names of copies without folders or
    # in another audio format are understood too
    parse_name: Callable[[PurePosixPath], ParsedName | None] | None = None
    hours: float | None = None  # total length of the official utterances, None where it is not known
    commercial_use: bool = False
    access: Literal["free", "on request"] = "free"
    downloads: tuple[Download, ...] = ()  # official addresses; none where the licence requires a signed form
    limits: tuple[str, ...] = ()  # what results on this corpus cannot show, a sentence each
    sha256: Callable[[], Mapping[str, str]] = dict  # utterance id -> published hash of its file's bytes
    rating_scale: tuple[float, float] | None = None  # minimum and maximum of valence, arousal and dominance
    votes: tuple[str, ...] = ()  # sources of its votes, as in `Vote`; raters are those who chose its labels
    known_defects: Mapping[str, Defect] = field(default_factory=dict)  # path or utterance id -> what is wrong with it
    companions: tuple[str, ...] = ()  # files to keep beside the audio (labels, terms), as glob patterns
    # what files may have without being faulty; the checks that would stop a study name these fields
    channels: tuple[int, ...] = (1,)  # numbers of channels, which are mixed down
    other_rates_hz: tuple[int, ...] = ()  # sampling rates beside `sampling_rate_hz`; all are resampled to 16 kHz
    dc_offset: bool = False  # whether recordings may have a large mean
    languages: tuple[str, ...] = ()  # beside `language`
    people: str = ""  # the corpus in which the same people speak under the same names; empty: people of its own
    # what its documents state and its files do not show, a sentence each: with any, counts and speakers are a warning
    disagreements: tuple[str, ...] = ()

    @property
    def may_be_shown(self) -> bool:
        """Whether single recordings may be part of a report: its licence asks for no more than to name the source."""
        return self.licence in _OPEN_LICENCES

    @property
    def num_utterances(self) -> int:
        """The official number of utterances."""
        return sum(self.native_labels.values())


def is_synthetic(folder: Path) -> bool:
    """Whether a corpus folder is marked as holding synthetic stand-ins."""
    return (folder / SYNTHETIC).is_file()


def visible(paths: Iterable[Path]) -> list[Path]:
    """The sorted paths, without hidden files such as the `._*` that macOS leaves in archives."""
    return sorted(path for path in paths if not path.name.startswith("."))


def unique_by_name(paths: Iterable[Path], name: Callable[[Path], str] = lambda path: path.name) -> list[Path]:
    """The sorted paths, one per name: the shallowest where a mirror contains a second copy in a subfolder.

    Raises ZooError where files of one name differ in content.
    """
    kept: dict[str, Path] = {}
    for path in sorted(visible(paths), key=lambda path: (len(path.parts), path)):
        first = kept.setdefault(name(path), path)
        if first != path and not filecmp.cmp(path, first, shallow=False):
            raise ZooError(f"{path} and {first} have the same name and different content", "keep only the original")
    return sorted(kept.values())


def find_root(folder: Path, holds: Callable[[Path], bool], depth: int = 3) -> Path | None:
    """The folder itself or its shallowest subfolder (down to `depth` levels) for which `holds` is true."""
    level = [folder]
    for _ in range(depth + 1):
        for candidate in level:
            if holds(candidate):
                return candidate
        level = [path for parent in level for path in _below(parent)]
    return None


def _below(folder: Path) -> list[Path]:
    try:
        return [path for path in visible(folder.iterdir()) if path.is_dir()]
    except PermissionError:  # another user's folder
        return []


def rejection_reason(folder: Path, wanted: str) -> str:
    """Why a folder is not the corpus. wanted: what it lacks, in words."""
    if not folder.exists():
        return f"{folder} does not exist"
    if not folder.is_dir():
        what = "an archive: unpack it" if folder.suffix.lower() in _ARCHIVES else "a file"
        return f"{folder} is {what}; give the folder that holds the corpus"
    if not (inside := visible(folder.iterdir())):
        return f"{folder} is empty"
    if archives := [path.name for path in inside if path.suffix.lower() in _ARCHIVES]:
        return f"{folder} holds {archives[0]} unextracted: unpack it there"
    return f"{folder} holds no {wanted}"


def recognise_by_counts(root: Path, title: str, official: Mapping[str, int], found: Iterable[str]) -> Recognition:
    """Recognise the folder if its native labels (`found`, one per utterance) have the official counts.

    Synthetic stand-ins, which have fewer utterances, are recognised as such.
    """
    counts = Counter(found)
    if is_synthetic(root):
        return Recognition(root, f"SYNTHETIC stand-in for {title}: {counts.total()} utterances")
    if wrong := [
        f"{label} {counts[label]} of {number}" for label, number in official.items() if counts[label] != number
    ]:
        total = sum(official.values())
        kind = "only part of" if counts.total() < total else "not the official"
        return Recognition(
            None, f"{root} is {kind} {title}: {counts.total()} utterances instead of {total} ({', '.join(wrong)})"
        )
    return Recognition(root, f"{title}: {counts.total()} utterances")
