"""A release that a method adapted to other recordings: a folder with the ledger of what was seen of these.

The folder holds no networks: adapted.json names the release, whose identity must be the same when it is used;
seen.safetensors has the embeddings of the recordings that were seen, and embeddings.safetensors those of what the
release was trained on, where the release has none. The method is fitted again whenever the model is loaded, which takes
a second and gives the same answers.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import numpy as np
from pydantic import Field, ValidationError

from zoo import methods, tasks
from zoo.errors import WRONG_USAGE, ZooError
from zoo.methods.contract import Answer, Matrix, Method, Seen
from zoo.releases import EMBEDDINGS, embeddings
from zoo.releases.card import Card, Code, File, Labels
from zoo.releases.load import Model
from zoo.runtime.release import Part, Sha256, TaskOf, first_problem
from zoo.scoring import released
from zoo.scoring.label_mapping import reach
from zoo.study.section import Name, Scheme

if TYPE_CHECKING:
    from zoo.audio import Samples
    from zoo.inputs.contract import Frames
    from zoo.runtime.answer import Outputs

ADAPTED, SEEN = "adapted.json", "seen.safetensors"
FORMAT: Final = 1
_SEED = 20241  # of methods that draw
_LEAST = 1e-12  # of a probability, so that its logarithm is finite


class Ledger(Part):
    """What was seen of the recordings that a model was adapted to.

    sights: as in tables, see zoo.tables.sights. num_unlabelled: recordings seen without a label. speakers: of these,
    where the method sees who speaks. labelled: how many of each class. labelled_speakers: they are never scored.
    sha256_labelled, fingerprints: of labelled recordings, by which these and copies of them are known again.
    sha256_unlabelled: of the others. fingerprints_enrolled: of these, where they are not scored.
    prior: whether all classes were assumed to be as frequent.
    """

    sights: str
    num_unlabelled: Annotated[int, Field(ge=0)]
    speakers: list[str]
    labelled: dict[str, int]
    labelled_speakers: list[str]
    sha256_labelled: list[Sha256]
    sha256_unlabelled: list[Sha256]
    fingerprints: list[str]
    fingerprints_enrolled: list[str]
    prior: bool

    @property
    def text(self) -> str:
        """In words."""
        found = []
        if self.num_unlabelled:
            who = f" of {_number(len(self.speakers), 'speaker')}, by name" if self.speakers else ""
            found.append(f"{_number(self.num_unlabelled, 'recording')} without labels{who}")
        if self.labelled:
            each = ", ".join(f"{number} {name}" for name, number in self.labelled.items())
            by = _number(len(self.labelled_speakers), "speaker")
            found.append(f"{_number(sum(self.labelled.values()), 'labelled recording')} ({each}) of {by}")
        if self.sights.startswith("earlier"):
            found.append("the utterances that were answered before")
        if self.prior:
            found.append("the assumption that all classes are as frequent")
        return "; ".join(found) or "nothing"


class Facts(Part):
    """adapted.json. name, version, identity: of the release. method, options: as in cross.methods of a study."""

    format: Literal[1]
    name: str
    version: str
    identity: Sha256
    method: Name
    options: dict[str, Any]
    scheme: Scheme
    classes: list[str]
    ledger: Ledger
    files: dict[str, File]
    code: Code

    @property
    def base(self) -> str:
        """model@corpus:version."""
        return f"{self.name}:{self.version}"


@dataclass(frozen=True, repr=False)
class AdaptedModel(Model):
    """A model that answers by a method. facts: of its folder. method_answers: of each network.

    speaker: who speaks in all that it is asked about, where the method asks that. before: the embeddings of what it was
    asked before, by each network, where the method sees these.
    """

    facts: Facts
    method: Method
    method_answers: tuple[Answer, ...]
    speaker: str | None = None
    before: list[list[Matrix]] = field(default_factory=list)

    @property
    def sights(self) -> str:
        """What its method saw."""
        return self.facts.ledger.sights

    @property
    def asks_speaker(self) -> bool:
        """Whether who speaks must be known."""
        return self.method.sights.speakers

    def of(self, speaker: str) -> "AdaptedModel":
        """The model for recordings of one speaker."""
        return replace(self, speaker=speaker)

    def _outputs(self, utterances: "Sequence[Samples]", frames: "list[Frames]") -> "Outputs":
        """Logarithms of the method's probabilities; views other than the utterance itself have no part in them."""
        from zoo.runtime.embedding import embeddings as heard

        if self.asks_speaker and self.speaker is None:
            raise ZooError(
                f"{self.facts.method} needs to know who speaks",
                "pass --speaker NAME, for recordings of one",
                WRONG_USAGE,
            )
        each = [rows.astype(np.float64) for rows in heard(self.networks, frames)]
        sound = np.isfinite(np.concatenate(each, axis=1)).all(axis=1)
        found = np.full((len(frames), len(self.facts.classes)), np.nan, np.float32)
        if sound.any():
            found[sound] = np.log(np.maximum(self._probabilities([rows[sound] for rows in each]), _LEAST))
        return found

    def _probabilities(self, each: list[Matrix]) -> Matrix:
        number = len(each[0])
        if self.method.sights.utterances == "earlier":
            self.before.append(each)
            each = [np.concatenate(parts) for parts in zip(*self.before, strict=True)]
        names = None if self.speaker is None else np.array([self.speaker] * len(each[0]), dtype=str)
        given = [answer(rows, names) for answer, rows in zip(self.method_answers, each, strict=True)]
        return np.asarray(np.mean(given, axis=0)[-number:])


def read(folder: Path) -> Facts:
    """The facts in a folder. Raises ZooError if they are missing or damaged."""
    hint = "adapt the model again (`zoo adapt`)"
    try:
        return Facts.model_validate_json((folder / ADAPTED).read_bytes())
    except OSError as error:
        raise ZooError(f"{folder / ADAPTED} cannot be read", hint) from error
    except ValidationError as error:
        raise ZooError(f"{folder / ADAPTED}: {first_problem(error)}", hint) from error


def load(facts: Facts, folder: Path, base: Model, base_folder: Path) -> AdaptedModel:
    """The adapted model in a folder. base: its release, which was loaded from its own folder.

    Raises ZooError if it is another release, or if a file is damaged.
    """
    from zoo.hashes import sha256_of

    hint = f"adapt {facts.base} again (`zoo adapt`)"
    if base.card.identity != facts.identity:
        raise ZooError(f"{folder} was made with another {facts.base} than {base_folder} holds", hint)
    for name, file in facts.files.items():
        if not (folder / name).is_file() or sha256_of(folder / name) != file.sha256:
            raise ZooError(f"{folder / name} is missing or damaged", hint)
    classes = reach(base.card, facts.scheme)
    if classes is None or sorted({name for name in classes.values() if name is not None}) != facts.classes:
        raise ZooError(f"{facts.base} no longer has the classes {', '.join(facts.classes)} in {facts.scheme}", hint)
    own = embeddings.read(folder / EMBEDDINGS, hint) if EMBEDDINGS in facts.files else embeddings.of(base, base_folder)
    known = released.with_sources(base, own, classes)
    method = methods.build(facts.method, facts.options, facts.method)
    given = []
    for number, source in enumerate(known.sources):
        seen = seen_of(facts, method, folder, number, hint)
        given.append(method.fit(source, seen, np.random.default_rng([_SEED, number])))
    task = tasks.build({}, "categorical", facts.classes)
    return AdaptedModel(
        card=_card(base.card, facts, classes),
        heard=base.heard,
        task=task,
        networks=base.networks,
        facts=facts,
        method=method,
        method_answers=tuple(given),
    )


def seen_of(facts: Facts, method: Method, folder: Path, number: int, hint: str) -> Seen:
    """What the method's sights let it see of the recordings, as a network hears them."""
    sights, size = method.sights, len(facts.classes)
    prior = np.full(size, 1 / size) if sights.prior else None
    if SEEN not in facts.files:
        return Seen(prior=prior)
    every = embeddings.read(folder / SEEN, hint)
    rows, labelled = every.embeddings[number], every.labels != ""
    sees = facts.ledger.num_unlabelled > 0
    return Seen(
        embeddings=rows[~labelled] if sees else None,
        speakers=every.speakers[~labelled] if sees and sights.speakers else None,
        prior=prior,
        labelled=rows[labelled] if sights.labels else None,
        labels=np.array([facts.classes.index(name) for name in every.labels[labelled]]) if sights.labels else None,
    )


def _card(card: Card, facts: Facts, classes: released.Classes) -> Card:
    """That of the release, in the classes of the adapted model, without scores: they are those of the release."""
    kept = {word: None if name is None else classes.get(name) for word, name in card.labels.words.items()}
    task = TaskOf(name="categorical", task_type="categorical", options={})
    release = card.release.model_copy(update={"classes": facts.classes, "scheme": facts.scheme, "task": task})
    cross: dict[str, str | None] = {name: name for name in facts.classes}
    labels = Labels(words=kept, source=card.labels.source, cross_scheme=facts.scheme, cross=cross)
    ledger = facts.ledger
    training = card.training.model_copy(
        update={"sha256_samples": [*card.training.sha256_samples, *ledger.sha256_labelled]}
    )
    scores = card.scores.model_copy(update={"within": [], "cross": [], "differences": [], "gain": [], "best": None})
    version = f"{card.version or 'candidate'}, adapted by {facts.method}"
    return card.model_copy(
        update={
            "version": version,
            "release": release,
            "labels": labels,
            "training": training,
            "scores": scores,
            "views": 1,
        }
    )


def _number(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
