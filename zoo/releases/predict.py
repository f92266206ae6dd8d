"""Predictions for recordings: files, or sound that was read from elsewhere."""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from zoo.audio import RATE_HZ, Heard
from zoo.errors import ZooError
from zoo.releases.load import TOGETHER, Model
from zoo.runtime.answer import Answer
from zoo.runtime.sound import of_file, of_open_file

STDIN = "-"
_TOGETHER_S = 600.0  # of sound that is in memory at a time, apart from the recording that exceeds it

Source = Path | io.BytesIO


@dataclass(frozen=True)
class Prediction:
    """The answer for a recording, or its problem. name: its path; - for one from elsewhere. heard: None if it cannot
    be."""

    name: str
    heard: Heard | None = None
    answer: Answer | None = None
    problem: ZooError | None = None


def predict(model: Model, sources: Iterable[Source]) -> Iterator[Prediction]:
    """The prediction for each recording (any sampling rate, up to 16 channels), in order.

    One that cannot be used gives a `Prediction` with its problem, and does not affect the others.
    """
    for chunk in _chunks(map(heard, sources)):
        known = [(one.name, one.heard.samples) for one in chunk if one.heard is not None]
        answers = iter(model.answers([samples for _, samples in known], [name for name, _ in known]))
        for one in chunk:
            answer = one.problem if one.heard is None else next(answers)
            if isinstance(answer, ZooError):
                yield Prediction(one.name, one.heard, problem=answer)
            else:
                yield Prediction(one.name, one.heard, answer)


def heard(source: Source, whole: bool = True) -> Prediction:
    """A recording without an answer yet: what is heard of it, or its problem. whole: one answer is wanted for it, so
    that it must not be too long."""
    try:
        if isinstance(source, Path):
            return Prediction(str(source), of_file(source, whole))
        return Prediction(STDIN, of_open_file(source, "the sound from standard input", whole))
    except ZooError as error:
        return Prediction(str(source) if isinstance(source, Path) else STDIN, problem=error)


def _chunks(opened: Iterable[Prediction]) -> Iterator[list[Prediction]]:
    """Recordings that are answered together."""
    chunk: list[Prediction] = []
    for one in opened:
        chunk.append(one)
        num_samples = sum(len(other.heard.samples) for other in chunk if other.heard)
        if len(chunk) == TOGETHER or num_samples > _TOGETHER_S * RATE_HZ:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
