"""The contract of changes that make a copy of an utterance."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt
from pydantic import AfterValidator, Field

Floats = npt.NDArray[np.floating]
Random = np.random.Generator


@dataclass(frozen=True)
class Change:
    """A random change of an utterance's samples.

    order: changes of a lower order come first, as on the way from a mouth to a file: 1 and 2 the voice, 3 the pauses
    around it, 4 the room, 5 its noise, 6 the microphone, 7 the line, 8 the file.
    apply(samples, random): (num_samples,) at 16 kHz, at least one -> the same, perhaps of another length. `random` is
    all its randomness; the samples that it is given must not change. What is louder by a factor becomes the same,
    louder by this factor. Digital silence, and one sample alone, give finite samples.
    """

    order: int
    apply: Callable[[Floats, Random], Floats]


Changes = Sequence[Change]


# [lowest, highest], of which a figure is drawn
Range = Annotated[tuple[float, float], Field(strict=False)]


def within(low: float, high: float) -> AfterValidator:
    """Of an option that is a Range: both ends lie between these, the lower one first."""

    def check(ends: tuple[float, float]) -> tuple[float, float]:
        if not low <= ends[0] <= ends[1] <= high:
            raise ValueError(f"[lowest, highest], from {low:g} to {high:g}")
        return ends

    return AfterValidator(check)
