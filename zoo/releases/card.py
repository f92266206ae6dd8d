"""The card: all facts about a release, as card.json. README.md is made from it."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import Field, SerializerFunctionWrapHandler, ValidationError, model_serializer, model_validator

from zoo.errors import ZooError
from zoo.files import write_text
from zoo.hashes import sha256_of
from zoo.releases import EMBEDDINGS, FINGERPRINTS, GOLDEN, PREDICTIONS, WEIGHTS, require_file_name
from zoo.runtime.release import Part, Release, Sha256, first_problem
from zoo.study.section import Count

FORMAT: Final = 2
Origin = Literal["recorded", "synthetic"]

_NO_PART_OF_IT = (GOLDEN, EMBEDDINGS, FINGERPRINTS, PREDICTIONS)  # files that do not identify a release

PROCEDURE = (
    "The within-corpus scores are those of the procedure: models trained in the same way without the speakers they "
    "were tested on. These weights were then trained on all speakers, "
    "so they have no score of their own on this corpus."
)


class File(Part):
    sha256: Sha256
    num_bytes: Annotated[int, Field(ge=0, le=10**12)]


class Labels(Part):
    """The words of the corpus and of the cross scheme.

    words: the corpus's native labels and their classes, null where left out. source: who chose the labels. cross: each
    class in the cross scheme, null where left out; empty if they cannot be mapped.
    """

    words: dict[str, str | None]
    source: list[str]
    cross_scheme: str
    cross: dict[str, str | None]


class Score(Part):
    """A figure of scores.csv. exploration: what choices have seen of its speakers; None: nothing."""

    task: str
    metric: str
    target: str
    target_origin: Origin
    scheme: str
    mode: str
    protocol: str
    value: float | None
    low: float | None
    high: float | None
    interval: str
    num_utterances: int
    num_speakers: int
    num_seeds: int
    exploration: str | None = None


class Compared(Part):
    """A row of differences.csv: this model minus another one of the study, within the corpus; p after Holm.

    exploration: what choices have seen of the speakers compared on; None: nothing, or not stated by an older card.
    """

    task: str
    metric: str
    other: str
    value: float
    low: float | None
    high: float | None
    p: float | None
    how: str
    exploration: str | None = None


class UnderGain(Part):
    """A row of gain.csv about the corpus that the model was trained on: its headline figure under another gain, or the
    share of answers that this changes (metric `changed`)."""

    task: str
    condition: str
    metric: str
    value: float
    low: float | None
    high: float | None
    exploration: str | None = None


class ByMethod(Part):
    """The UAR of a method against the difference between corpora, on a corpus that the model was not trained on.

    sights: what it saw of that corpus, see zoo.tables.sights. losses: condition -> how much lower its UAR is than that
    of the model's own answers, in the stresses in which that is more than zoo.tables.methods.LOSS.
    """

    method: str
    rung: int
    control: bool
    sights: str
    target: str
    target_origin: Origin
    scheme: str
    value: float | None
    low: float | None
    high: float | None
    losses: dict[str, float] = Field(default_factory=dict)
    exploration: str | None = None


class Scores(Part):
    """best: whether it has the best nested dev score of its study and dev measure; None without others. gain: empty if
    it was not tested under another gain. methods: empty if no method was tried, and then not written, as in older
    cards. Those of `cross` are the model's own answers, which saw nothing of their target."""

    note: str
    within: list[Score]
    cross: list[Score]
    differences: list[Compared] = Field(default_factory=list)
    gain: list[UnderGain] = Field(default_factory=list)
    best: bool | None = None
    methods: list[ByMethod] = Field(default_factory=list)

    @model_serializer(mode="wrap")
    def _without_what_older_cards_lack(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """So that a card without methods has the same bytes as before there were any."""
        values: dict[str, Any] = write(self)
        return {name: value for name, value in values.items() if name != "methods" or value}


class Data(Part):
    """Whose speech it is, and what may be done with a model of it: by the licences of the data and of the encoders that
    have a part in the model. commercial_use: None where a licence is not known. not_as_published: how the copies of the
    corpora that it was trained on differ from the published ones, None where that was not examined."""

    title: str
    citation: str
    licence: str
    terms: str
    obtain: str
    commercial_use: bool | None
    language: str
    not_as_published: list[str] | None = None

    @model_serializer(mode="wrap")
    def _without_what_was_not_examined(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """So that a card without it has the same bytes as before there was any."""
        values: dict[str, Any] = write(self)
        return {name: value for name, value in values.items() if name != "not_as_published" or value is not None}


class Training(Part):
    """What the weights were trained on; `sha256_samples` are the utterances, sorted."""

    num_utterances: int
    speakers: list[str]
    sha256_samples: list[str]


class Code(Part):
    version: str
    commit: str | None


class Upgraded(Part):
    """The version from which `zoo publish --upgrade` made this one, with the same weights, and the code that did it."""

    version: str
    code: Code


class Card(Part):
    """format: of this file. views: of each utterance, itself and its first augmented copies, over which answers are
    averaged; not written where it is 1. files: those of the release apart from the card and the README. code: of the
    training. architectures: sha256 of the source file of each, by its name. forced: what `zoo publish` would have
    refused without --force. Both are not written where they are empty, as in older cards.

    A field that a later version of zoo adds has a default, so that it reads older cards; `zoo publish --upgrade` writes
    it into them.
    """

    format: Literal[2]
    name: str
    version: str | None
    identity: str
    study: str
    origin: Origin
    release: Release
    views: Count = 1
    labels: Labels
    sampling_rate_hz: int
    scores: Scores
    transduction: str
    data: Data
    training: Training
    files: dict[str, File]
    code: Code
    upgraded: Upgraded | None
    cost: dict[str, Any] | None
    architectures: dict[str, Sha256] = Field(default_factory=dict)
    forced: list[str] = Field(default_factory=list)

    @model_serializer(mode="wrap")
    def _without_what_older_cards_lack(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """So that a release without more has the same bytes as before there were any."""
        values: dict[str, Any] = write(self)
        without = {"views": 1, "architectures": {}, "forced": []}
        return {name: value for name, value in values.items() if name not in without or value != without[name]}

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> "Card":
        if self.name != self.release.name:
            raise ValueError(f"it is named {self.name}, but its release is {self.release.name}")
        try:
            for name in self.files:
                require_file_name(name)
        except ZooError as error:
            raise ValueError(error.message) from error
        if missing := sorted({WEIGHTS, GOLDEN} - set(self.files)):
            raise ValueError(f"its files do not include {missing[0]}")
        return self

    @property
    def classes(self) -> list[str]:
        """In alphabetical order, as the outputs."""
        return self.release.classes

    @property
    def full_name(self) -> str:
        """model@corpus:version, or (candidate)."""
        return f"{self.name}:{self.version}" if self.version else f"{self.name} (candidate)"

    @property
    def uar(self) -> Score | None:
        """The within-corpus UAR, in the scheme the model was trained in."""
        return next((score for score in self.scores.within if score.metric == "uar"), None)


def described(files: Mapping[str, Path]) -> dict[str, File]:
    """Hash and size of files, by their names in a release."""
    return {name: File(sha256=sha256_of(path), num_bytes=path.stat().st_size) for name, path in sorted(files.items())}


def identity(release: Release, labels: Labels, files: Mapping[str, File], read: bool = False, views: int = 1) -> str:
    """The sha256 that identifies a release: of its facts, views, labels and files; not of cost, scores, time.

    Nor of golden answers, embeddings, fingerprints and predictions, whose last bits depend on the processor. read:
    these were read from a card, so that what it did not state yet, since a later version of zoo added it, is not
    counted.
    """
    facts = {
        "release": release.model_dump(mode="json", exclude_unset=read),
        "labels": labels.model_dump(mode="json", exclude_unset=read),
        "files": {name: file.sha256 for name, file in files.items() if name not in _NO_PART_OF_IT},
    } | ({"views": views} if views > 1 else {})
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def write(card: Card, path: Path) -> None:
    """Write card.json; equal cards are equal bytes."""
    write_text(path, card_text(card))


def card_text(card: Card) -> str:
    """The content of card.json."""
    return json.dumps(card.model_dump(mode="json"), indent=1, ensure_ascii=False) + "\n"


def read(path: Path) -> Card:
    """Read card.json. Raises ZooError when it is missing, damaged or was changed."""
    try:
        card = Card.model_validate_json(Path(path).read_bytes())
    except FileNotFoundError as error:
        raise ZooError(f"{path} is missing", "fetch the release again") from error
    except ValidationError as error:
        raise ZooError(
            f"{path} is not a readable card: {first_problem(error)}",
            "fetch the release again; if a newer zoo published it, install that one",
        ) from error
    if card.identity != identity(card.release, card.labels, card.files, read=True, views=card.views):
        raise ZooError(f"{path} was changed: its identity is not that of its contents", "fetch the release again")
    return card


def require_files(card: Card, folder: Path, hint: str) -> None:
    """Raise ZooError with this hint unless all files of the card are in the folder, as they were published."""
    for name, file in card.files.items():
        path = folder / name
        if not path.is_file() or sha256_of(path) != file.sha256:
            raise ZooError(f"{path} is missing or damaged", hint)
