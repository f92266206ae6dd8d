"""The corpus contract: facts as data, behaviour as two functions."""

import filecmp
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Literal

from zoo.errors import ZooError

# A folder that holds this file holds synthetic stand-ins; its first line may say where they come from.
SYNTHETIC = "SYNTHETIC.txt"
_ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".7z", ".rar")


@dataclass(frozen=True)
class Speaker:
    """A speaker: `sex` is 'female', 'male' or None where unknown; `age` in years or None.

    session: the same word for those who talk to each other, None for who speaks alone.
    """

    sex: str | None
    age: int | None = None
    session: str | None = None


@dataclass(frozen=True)
class Vote:
    """How often a native label was chosen.

    source: raters (outside ones), self (the speaker), or a crowd's voice (heard only), face (seen only), both.
    count: may be a fraction where a rater gave several labels.
    """

    source: str
    label: str
    count: float


@dataclass(frozen=True)
class Utterance:
    """What file names and label files say of an utterance; the columns of the manifest, without the audio's own."""

    utterance_id: str
    path: str  # relative to the corpus folder, with /
    speaker_id: str
    native_label: str
    take_group: str
    text_id: str | None = None
    intensity: str | None = None
    elicitation: str = "acted"
    label_source: str = "acted"
    valence: float | None = None  # on the corpus's rating scale, as are the next two
    arousal: float | None = None
    dominance: float | None = None
    votes: tuple[Vote, ...] = ()
    agreement: float | None = None


@dataclass(frozen=True)
class Named:
    """What a file's name alone tells of an utterance, as in the manifest.

    native_label: None where names do not tell it. performance: the same for two files that hold the same sound, where
    names tell that; else None.
    """

    utterance_id: str
    speaker_id: str
    take_group: str
    text_id: str | None = None
    native_label: str | None = None
    performance: str | None = None


DefectKind = Literal[
    "silent",  # without a sound
    "unreadable",  # no program can decode it
    "twin",  # its content is that of other files too
    "stereo",  # two channels where the others have one
    "rate",  # another sampling rate than the others have
    "header",  # a header that some programs cannot read
    "name",  # published under another name than its fellows' would be
    "votes",  # the crowd's votes on it are unreliable
]


@dataclass(frozen=True)
class Defect:
    """What is known to be wrong with a published file.

    kind: for code. text: for people. twins: the utterance ids of those that have the same content.
    """

    kind: DefectKind
    text: str
    twins: tuple[str, ...] = ()


@dataclass(frozen=True)
class Recognition:
    """Whether a folder is the corpus.

    root: the folder (itself or one below) that holds it, None if it is not.
    reason: why not, or what was recognised, as a sentence a person can act on.
    """

    root: Path | None
    reason: str


@dataclass(frozen=True)
class Download:
    """An official archive or file of a corpus.

    checksum: `md5:…` or `sha256:…` as published, None where none is. num_bytes: as published, None where it is not.
    path: where it goes below the corpus folder, for a file; empty for a zip archive, which is unpacked.
    `{utterance_id}` in url and path stands for a file an utterance, with the checksums of `Corpus.sha256`.
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
    terms: str  # what the licence means for the data and for weights trained on it, in a sentence or two
    obtain: str  # where and how it is had
    language: str
    sampling_rate_hz: int
    speakers: Mapping[str, Speaker]
    native_labels: Mapping[str, int]  # word -> official number of utterances
    duration_range_s: tuple[float, float]  # shortest and longest official utterance, with a little room
    recognise: Callable[[Path], Recognition]
    utterances: Callable[[Path], Iterator[Utterance]]
    # what the name of a file says where the corpus is not here, None for other names; copies are understood too:
    # without folders, in another audio format
    named: Callable[[PurePosixPath], Named | None] | None = None
    commercial_use: bool = False
    access: Literal["free", "on request"] = "free"
    downloads: tuple[Download, ...] = ()  # official addresses; none where the licence wants a form signed first
    limits: tuple[str, ...] = ()  # what figures on this corpus cannot show, a sentence each
    sha256: Callable[[], Mapping[str, str]] = dict  # utterance id -> published hash of its file's bytes
    rating_scale: tuple[float, float] | None = None  # least and greatest valence, arousal and dominance
    known_defects: Mapping[str, Defect] = field(default_factory=dict)  # path or utterance id -> what is wrong with it
    companions: tuple[str, ...] = ()  # files to keep beside the audio (labels, terms), as glob patterns

    @property
    def num_utterances(self) -> int:
        """The official number."""
        return sum(self.native_labels.values())


def is_synthetic(folder: Path) -> bool:
    """Whether a corpus folder says that it holds synthetic stand-ins."""
    return (folder / SYNTHETIC).is_file()


def visible(paths: Iterable[Path]) -> list[Path]:
    """The paths in order, without the `._*` litter that some systems leave in archives."""
    return sorted(path for path in paths if not path.name.startswith("."))


def once(paths: Iterable[Path], name: Callable[[Path], str] = lambda path: path.name) -> list[Path]:
    """One path a name, in the order of paths, the shallowest where mirrors hold a second copy further down.

    Raises ZooError where one name has two contents.
    """
    kept: dict[str, Path] = {}
    for path in sorted(visible(paths), key=lambda path: (len(path.parts), path)):
        first = kept.setdefault(name(path), path)
        if first != path and not filecmp.cmp(path, first, shallow=False):
            raise ZooError(f"{path} and {first} have one name and different content", "keep the original only")
    return sorted(kept.values())


def find_root(folder: Path, holds: Callable[[Path], bool], depth: int = 3) -> Path | None:
    """The folder itself or the shallowest one below (down to `depth` levels) for which `holds` is true."""
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
    except PermissionError:  # somebody else's folder holds no corpus of ours
        return []


def why_not(folder: Path, wanted: str) -> str:
    """Why a folder without `wanted` (said in words) is no corpus."""
    if not folder.exists():
        return f"{folder} does not exist"
    if not folder.is_dir():
        what = "an archive: unpack it" if folder.suffix.lower() in _ARCHIVES else "a file"
        return f"{folder} is {what}; give the folder that holds the corpus"
    if not (inside := visible(folder.iterdir())):
        return f"{folder} is empty"
    if archives := [path.name for path in inside if path.suffix.lower() in _ARCHIVES]:
        return f"{folder} holds {archives[0]} still packed: unpack it there"
    return f"{folder} holds no {wanted}"


def counted(root: Path, title: str, official: Mapping[str, int], found: Iterable[str]) -> Recognition:
    """Recognise the folder if its native labels (`found`, one an utterance) have the official counts.

    Synthetic stand-ins, which have fewer utterances, are recognised as what they say they are.
    """
    counts = Counter(found)
    if is_synthetic(root):
        return Recognition(root, f"SYNTHETIC stand-in for {title}: {counts.total()} utterances")
    if wrong := [f"{word} {counts[word]} of {number}" for word, number in official.items() if counts[word] != number]:
        whole = sum(official.values())
        kind = "only part of" if counts.total() < whole else "not the official"
        return Recognition(
            None, f"{root} is {kind} {title}: {counts.total()} utterances instead of {whole} ({', '.join(wrong)})"
        )
    return Recognition(root, f"{title}: {counts.total()} utterances")
