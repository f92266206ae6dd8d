"""What a model says of audio files."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from zoo import audio
from zoo.errors import ZooError
from zoo.releases.load import Model, Probabilities, Samples

TOGETHER = 64  # files in memory at a time


@dataclass(frozen=True)
class Heard:
    """A file with what the model says of it, or why it says nothing. probabilities: (C,) in the card's order."""

    path: Path
    sha256_samples: str = ""
    probabilities: Probabilities | None = None
    problem: ZooError | None = None

    def label(self, classes: list[str]) -> str | None:
        """The most probable class; None where there is a problem."""
        return None if self.probabilities is None else classes[int(self.probabilities.argmax())]


def predict(model: Model, paths: Iterable[Path]) -> Iterator[Heard]:
    """What the model says of each file (any sampling rate and number of channels), in order.

    A file that cannot be used becomes a `Heard` with its problem; the others are not touched by it.
    """
    waiting = iter(paths)
    while chunk := list(islice(waiting, TOGETHER)):
        opened = [_open(path) for path in chunk]
        usable = [row for row, (_, samples) in enumerate(opened) if samples is not None]
        answers = model.probabilities([samples for _, samples in opened if samples is not None])
        places = dict(zip(usable, answers, strict=True))
        for row, (heard, _) in enumerate(opened):
            if row in places:
                yield Heard(heard.path, heard.sha256_samples, places[row])
            else:
                yield heard


def _open(path: Path) -> tuple[Heard, Samples | None]:
    try:
        recording = audio.read(path)
        samples = audio.mono_16k(recording, path)
        if not samples.any():
            raise ZooError(f"{path} is silent", "record or copy it again", kind="silent")
    except ZooError as error:
        return Heard(path, problem=error), None
    return Heard(path, recording.sha256_samples), samples
