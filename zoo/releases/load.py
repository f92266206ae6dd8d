"""A pulled release as a model that predicts."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

import numpy as np
import numpy.typing as npt

from zoo import inputs, tasks
from zoo.audio import Samples
from zoo.errors import REFUSED, WRONG_USAGE, ZooError
from zoo.releases import CARD, GOLDEN, WEIGHTS
from zoo.releases.architectures import require_known
from zoo.releases.cache import is_known_to_answer, note_that_it_answers
from zoo.releases.card import Card, require_files
from zoo.releases.card import read as read_card
from zoo.runtime.answer import Answer, Outputs
from zoo.runtime.sound import Array, Sound, of_array, of_file
from zoo.runtime.views import views

if TYPE_CHECKING:
    from zoo.architectures.recogniser import Recogniser
    from zoo.inputs.contract import Frames, Input
    from zoo.runtime.release import Base
    from zoo.tasks.contract import Task

TOGETHER = 64  # utterances in memory at a time
Sounds = list[str] | list[Path] | list[Array] | list[Sound] | tuple[Sound, ...]


@dataclass(frozen=True, repr=False)
class Model:
    """A release that predicts. Make one with `zoo.load`.

    card: everything that is known about it. heard: its input. task: what is asked. networks: that answer; of several,
    the mean of their answers counts, over all views of an utterance that the card states.
    """

    card: Card
    heard: "Input"
    task: "Task"
    networks: "tuple[Recogniser, ...]"

    @overload
    def __call__(self, sound: Sound, sampling_rate: int | None = None) -> Answer: ...
    @overload
    def __call__(self, sound: Sounds, sampling_rate: int | None = None) -> list[Answer]: ...
    def __call__(self, sound: Sound | Sounds, sampling_rate: int | None = None) -> Answer | list[Answer]:
        """The answer for an utterance; a list of them for a list of utterances.

        sound: the path of a wav, flac, mp3, ogg or opus file, or samples with their sampling_rate in Hz:
        (num_samples,), or with a second axis of channels, before or after, which are mixed down; floats within -1 and
        1, or int16, int32 or uint8. A list may hold both.
        Raises ZooError for what cannot be heard: silence, less than 25 ms, more than an hour, a DC offset without
        speech, values that are not numbers, a file that is not audio, a sampling rate that is none.
        """
        found: list[Answer] = []
        for names, utterances in self._chunks(sound, sampling_rate):
            for answer in self.answers(utterances, names):
                if isinstance(answer, ZooError):
                    raise answer
                found.append(answer)
        return found if isinstance(sound, (list, tuple)) else found[0]

    def embed(self, sound: Sound | Sounds, sampling_rate: int | None = None) -> npt.NDArray[np.float32]:
        """What the network knows of utterances before the task's head: (N, E), one row for each.

        Of several networks the embeddings are side by side; other views than the utterance itself have no part in them.
        sound, sampling_rate: as for answers. Raises ZooError too.
        """
        chunks = self._chunks(sound, sampling_rate)
        found = [np.concatenate(self.embedded(utterances, names), axis=1) for names, utterances in chunks]
        return np.concatenate(found) if found else np.zeros((0, 0), np.float32)

    def embedded(self, utterances: Sequence[Samples], names: Sequence[object]) -> list[npt.NDArray[np.float32]]:
        """Samples at 16 kHz, one array per utterance, and their names for messages -> (N, E) of each network.

        Raises ZooError, naming it, for an utterance whose embedding is not finite.
        """
        from zoo.runtime.embedding import embeddings

        frames = self._heard(utterances)
        found = embeddings(self.networks, frames)
        for row, name, heard in zip(np.concatenate(found, axis=1), names, frames, strict=True):
            if not np.isfinite(row).all():
                raise self._not_finite(name, heard)
        return found

    def answers(self, utterances: Sequence[Samples], names: Sequence[object]) -> list[Answer | ZooError]:
        """Samples at 16 kHz, one array per utterance, and their names for messages -> an answer or error for each."""
        from zoo.runtime.answer import answers

        if not utterances:
            return []
        frames = self._heard(utterances)
        predicted = self._outputs(utterances, frames)
        sound = np.asarray(np.isfinite(predicted).all(axis=1))
        given = iter(answers(self.task.readings, predicted[sound]))
        return [
            next(given) if known else self._not_finite(name, heard)
            for known, name, heard in zip(sound, names, frames, strict=True)
        ]

    def outputs(self, utterances: Sequence[Samples]) -> Outputs:
        """Samples at 16 kHz -> outputs (N, O), before softmax or the logistic function."""
        return self._outputs(utterances, self._heard(utterances))

    def probabilities(self, utterances: Sequence[Samples]) -> npt.NDArray[np.float64]:
        """Samples at 16 kHz -> (N, C) in the order of the card's classes; rows sum to 1."""
        from zoo.runtime.answer import probabilities

        return probabilities(self.task.readings, self.outputs(utterances))

    @property
    def has_classes(self) -> bool:
        """Whether it answers with classes."""
        return any(reading.seen and reading.kind == "probabilities" for reading in self.task.readings)

    @property
    def values(self) -> tuple[str, ...]:
        """The names of the values that it answers with, such as valence, arousal, dominance; often none."""
        seen = [reading for reading in self.task.readings if reading.seen and reading.kind == "values"]
        return tuple(name for reading in seen for name in reading.names)

    def __repr__(self) -> str:
        synthetic = ", SYNTHETIC" if self.card.origin == "synthetic" else ""
        return f"<Model {self.card.full_name}{synthetic}>"

    def _heard(self, utterances: Sequence[Samples]) -> "list[Frames]":
        with np.errstate(over="ignore", invalid="ignore"):  # what is not finite is an error of its own
            return self.heard.compute(utterances)

    def _outputs(self, utterances: Sequence[Samples], frames: "list[Frames]") -> Outputs:
        """frames: what is heard of the utterances themselves."""
        from zoo.runtime.answer import average
        from zoo.runtime.inference import outputs

        _, *copied = views(utterances, self.card.views, self.heard.changes)
        each = []
        for rows in (frames, *map(self._heard, copied)):
            lengths = [len(array) for array in rows]
            each += [outputs(network, lengths, rows.__getitem__) for network in self.networks]
        return average(self.task.readings, each)

    def _not_finite(self, name: object, frames: "Frames") -> ZooError:
        if not np.isfinite(frames).all():
            return ZooError(f"{name}: its input to {self.card.name} is not finite", "its level is far out of range")
        return ZooError(f"{self.card.name} has no finite answer for {name}", "the model is not to be used for it")

    def _chunks(self, sound: Sound | Sounds, sampling_rate: int | None) -> Any:
        several = isinstance(sound, (list, tuple))
        sounds: Sequence[Any] = sound if isinstance(sound, (list, tuple)) else [sound]
        if sampling_rate is not None and sounds and all(isinstance(one, (str, Path)) for one in sounds):
            raise ZooError("sampling_rate is of samples; files state their own", "leave it out", WRONG_USAGE)
        for start in range(0, len(sounds), TOGETHER):
            part = list(enumerate(sounds[start : start + TOGETHER], start))
            names = [
                one if isinstance(one, (str, Path)) else f"utterance {number}" if several else "the utterance"
                for number, one in part
            ]
            yield (
                names,
                [_samples(one, sampling_rate, str(name)) for (_, one), name in zip(part, names, strict=True)],
            )


def _samples(one: Sound, sampling_rate: int | None, name: str) -> Samples:
    return of_file(Path(one)).samples if isinstance(one, (str, Path)) else of_array(one, sampling_rate, name)


def load(folder: Path) -> Model:
    """The model in a release's folder.

    Raises ZooError when card, weights or golden answers are damaged, when the input of this version of zoo differs from
    the one that the model was trained on, or when the model does not answer as it did when it was published.
    """
    card = read_card(folder / CARD)
    require_files(card, folder, f"run `zoo pull {card.name}` to fetch it again")
    model = unchecked(card, folder / WEIGHTS)
    _require_one_at_a_time(model)
    if not is_known_to_answer(card, model.heard.configuration):
        _require_golden(model, folder / GOLDEN)
        note_that_it_answers(card, model.heard.configuration)
    return model


def _require_one_at_a_time(model: Model) -> None:
    """Raise ZooError for an input that hears a speaker's recordings together: nobody who asks says whose they are."""
    if model.heard.transductive:
        raise ZooError(
            f"{model.card.name} hears all recordings of a speaker together (transductive): it is for studies",
            "train one on an input with the step level instead of speaker_level",
            REFUSED,
        )


def unchecked(card: Card, path: Path) -> Model:
    """The model of a card and its weights, without its golden answers. Raises ZooError if they do not fit."""
    from zoo.runtime import weights

    require_known(card)
    task = tasks.build(card.release.task.entry, card.release.task.name, card.classes)
    heard = inputs.build(card.release.input.spec)
    if dict(heard.facts) != card.release.input.facts or heard.num_dims != card.release.input.num_dims:
        raise ZooError(
            f"{card.name}: the input '{card.release.input.input_type}' of this version of zoo is not the one it was "
            "trained with",
            _other_version(card),
        )
    try:
        networks = weights.load(path, card.release, task.num_outputs)
    except ZooError as error:
        raise ZooError(f"{card.name}: {error.message}", _other_version(card)) from error
    return Model(card, heard, task, networks)


def _require_golden(model: Model, path: Path) -> None:
    from zoo.runtime import golden

    card = model.card
    found = golden.difference(golden.read(path), model.heard, model.networks, card.views)
    allowed = golden.tolerance(card.release, card.views)
    if found > allowed:
        raise ZooError(
            f"{card.name} does not answer as it did when it was published: its outputs for {path} differ by "
            f"{found:.2g}, more than {allowed:.0e}",
            _other_encoder(card.release.base) + _other_version(card),
        )


def _other_encoder(base: "Base | None") -> str:
    """The hint of a model on an encoder, whose files beside the weights no release states."""
    if base is None:
        return ""
    from zoo import encoders
    from zoo.encoders.checkpoint import CONFIG, PREPROCESSOR

    found = encoders.find(base.name, base.revision)
    return (
        f"compare {found.folder / CONFIG} and {PREPROCESSOR} there with those of {base.name}, or download them again; "
        "another version of transformers may compute otherwise too; or "
    )


def _other_version(card: Card) -> str:
    made = (card.upgraded.code if card.upgraded else card.code).version
    return f"run `zoo pull {card.name}`; if that does not help, use zoo {made}, with which it was made"
