"""The card: all facts about a release, as card.json. README.md is made from it."""

import hashlib
import json
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from zoo.errors import ZooError
from zoo.files import write_text
from zoo.inputs.contract import Spec

Origin = Literal["recorded", "synthetic"]

PROCEDURE = (
    "The within-corpus scores are those of the procedure: models trained in the same way without the speakers they "
    "were tested on. These weights were then trained on all speakers, "
    "so they have no score of their own on this corpus."
)


class Part(BaseModel):
    """A part of the card: unknown keys are errors, values cannot be changed."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Labels(Part):
    """What the model predicts.

    classes: in alphabetical order, as the outputs. words: the corpus's native labels and their classes, null where left
    out. cross: each class in the cross scheme, null where left out; empty if they cannot be mapped.
    """

    scheme: str
    classes: list[str]
    words: dict[str, str | None]
    source: list[str]
    cross_scheme: str
    cross: dict[str, str | None]


class InputOf(Part):
    """What the model hears: the type of input with its options, the steps before it, and the facts they amount to."""

    input_type: str
    options: dict[str, Any]
    steps: list[tuple[str, dict[str, Any]]]
    dtype: str
    num_dims: int
    facts: dict[str, Any]

    @property
    def spec(self) -> Spec:
        """As the study declared it."""
        return Spec(self.input_type, self.options, self.steps, self.dtype)


class Network(Part):
    """The configuration. recipe: the other facts of the training in release.json (learning rate, seeds, …)."""

    hyperparameters: dict[str, Any]
    config_id: int | str
    num_parameters: int
    epochs: int
    seed: int
    tuned: dict[str, Any]
    recipe: dict[str, Any]


class Score(Part):
    """A figure of scores.csv."""

    task: str = "categorical"
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


class Compared(Part):
    """A row of differences.csv: this model minus another one of the study, within the corpus; p after Holm."""

    task: str
    metric: str
    other: str
    value: float
    low: float | None
    high: float | None
    p: float | None
    how: str


class Scores(Part):
    note: str
    within: list[Score]
    cross: list[Score]
    differences: list[Compared] = []


class Data(Part):
    title: str
    citation: str
    licence: str
    terms: str
    obtain: str
    commercial_use: bool
    language: str


class Training(Part):
    """What the weights were trained on; `sha256_samples` are the utterances, sorted."""

    num_utterances: int
    speakers: list[str]
    sha256_samples: list[str]


class Weights(Part):
    sha256: str
    num_bytes: int
    precision: str


class Code(Part):
    version: str
    commit: str | None


class Card(Part):
    format: Literal[1]
    name: str
    version: str | None
    identity: str
    study: str
    model: str
    architecture: str
    corpus: str
    task: dict[str, Any]
    origin: Origin
    labels: Labels
    sampling_rate_hz: int
    input: InputOf
    network: Network
    protocol: str
    scores: Scores
    transduction: str
    data: Data
    training: Training
    sources: dict[str, str]
    weights: Weights
    code: Code
    cost: dict[str, Any] | None

    @property
    def uar(self) -> Score | None:
        """The within-corpus UAR, in the scheme the model was trained in."""
        return next((score for score in self.scores.within if score.metric == "uar"), None)


def identity(
    weights_sha256: str,
    architecture: str,
    hyperparameters: dict[str, Any],
    labels: Labels,
    heard: InputOf,
    sources: dict[str, str],
) -> str:
    """The sha256 that identifies a release: of weights, configuration, labels, input, sources; not cost or time."""
    facts = {
        "weights": weights_sha256,
        "architecture": architecture,
        "hyperparameters": hyperparameters,
        "scheme": labels.scheme,
        "classes": labels.classes,
        "input": heard.model_dump(),
        "sources": sources,
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def identity_of(card: Card) -> str:
    """The identity computed from the card's contents; equal to `card.identity` unless the card was changed."""
    return identity(
        card.weights.sha256,
        card.architecture,
        card.network.hyperparameters,
        card.labels,
        card.input,
        card.sources,
    )


def first_problem(error: ValidationError) -> str:
    """The first problem of a validation, on one line."""
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"]) or "the file"
    return f"{where}: {first['msg']}"


def write(card: Card, path: Path) -> None:
    """Write card.json; equal cards are equal bytes."""
    write_text(path, json.dumps(card.model_dump(), indent=1, ensure_ascii=False) + "\n")


def read(path: Path) -> Card:
    """Read card.json. Raises ZooError when it is missing, damaged or was changed."""
    try:
        card = Card.model_validate_json(Path(path).read_bytes())
    except FileNotFoundError as error:
        raise ZooError(f"{path} is missing", "fetch the release again") from error
    except ValidationError as error:
        raise ZooError(f"{path} is not a readable card: {first_problem(error)}", "fetch the release again") from error
    if card.identity != identity_of(card):
        raise ZooError(f"{path} was changed: its identity is not that of its contents", "fetch the release again")
    return card
