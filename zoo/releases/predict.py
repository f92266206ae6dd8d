"""Predictions for audio files."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from zoo import audio
from zoo.errors import ZooError
from zoo.releases.load import Model, Probabilities, Samples

TOGETHER = 64  # files in memory at a time


@dataclass(frozen=True)
class Prediction:
    """The prediction for a file, or its problem. probabilities: (C,) in the order of the card's classes."""

    path: Path
    sha256_samples: str = ""
    probabilities: Probabilities | None = None
    problem: ZooError | None = None

    def label(self, classes: list[str]) -> str | None:
        """The most probable class; None if there is a problem."""
        return None if self.probabilities is None else classes[int(self.probabilities.argmax())]


def predict(model: Model, paths: Iterable[Path]) -> Iterator[Prediction]:
    """The prediction for each file (any sampling rate and number of channels), in order.

    A file that cannot be used gives a `Prediction` with its problem, and does not affect the others.
    """
    remaining = iter(paths)
    while chunk := list(islice(remaining, TOGETHER)):
        opened = [_open(path) for path in chunk]
        usable = [row for row, (_, samples) in enumerate(opened) if samples is not None]
        predicted = model.probabilities([samples for _, samples in opened if samples is not None])
        places = dict(zip(usable, predicted, strict=True))
        for row, (prediction, _) in enumerate(opened):
            if row in places:
                yield Prediction(prediction.path, prediction.sha256_samples, places[row])
            else:
                yield prediction


def _open(path: Path) -> tuple[Prediction, Samples | None]:
    try:
        recording = audio.read(path)
        samples = audio.mono_16k(recording, path)
        if not samples.any():
            raise ZooError(f"{path} is silent", "record or copy it again", kind="silent")
    except ZooError as error:
        return Prediction(path, problem=error), None
    return Prediction(path, recording.sha256_samples), samples
