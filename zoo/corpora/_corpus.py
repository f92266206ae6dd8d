"""The corpus contract: facts as data, behaviour as two functions."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Speaker:
    """A speaker: `sex` is 'female', 'male' or None where unknown; `age` in years or None."""

    sex: str | None
    age: int | None = None


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
    label_source: str = "intended"
    valence: float | None = None
    arousal: float | None = None
    dominance: float | None = None
    agreement: float | None = None


@dataclass(frozen=True)
class Recognition:
    """Whether a folder is the corpus. `root`: the folder (itself or one below) that holds it, None if it is not;
    `reason`: why not, or what was recognised, as a sentence a person can act on."""

    root: Path | None
    reason: str


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
    commercial_use: bool = False
    known_defects: Mapping[str, str] = field(default_factory=dict)  # path or utterance id -> what is wrong with it

    @property
    def num_utterances(self) -> int:
        return sum(self.native_labels.values())
