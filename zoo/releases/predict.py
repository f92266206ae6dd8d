"""Predictions for audio files."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from zoo.errors import ZooError
from zoo.releases.load import TOGETHER, Model
from zoo.runtime.answer import Answer
from zoo.runtime.sound import Samples, of_file


@dataclass(frozen=True)
class Prediction:
    """The answer for a file, or its problem."""

    path: Path
    sha256_samples: str = ""
    answer: Answer | None = None
    problem: ZooError | None = None


def predict(model: Model, paths: Iterable[Path]) -> Iterator[Prediction]:
    """The prediction for each file (any sampling rate and number of channels), in order.

    A file that cannot be used gives a `Prediction` with its problem, and does not affect the others.
    """
    remaining = iter(paths)
    while chunk := list(islice(remaining, TOGETHER)):
        opened = [_open(path) for path in chunk]
        usable = {prediction.path: samples for prediction, samples in opened if samples is not None}
        answers = dict(zip(usable, model.answers(list(usable.values()), list(usable)), strict=True))
        for prediction, _ in opened:
            answer = answers.get(prediction.path)
            if isinstance(answer, ZooError):
                yield replace(prediction, problem=answer)
            else:
                yield replace(prediction, answer=answer)


def _open(path: Path) -> tuple[Prediction, Samples | None]:
    try:
        recording, samples = of_file(path)
    except ZooError as error:
        return Prediction(path, problem=error), None
    return Prediction(path, recording.sha256_samples), samples
