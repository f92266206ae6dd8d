"""The contract of augmentations."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from zoo.inputs.contract import Frames
from zoo.study.section import Kind


@dataclass(frozen=True)
class Place:
    """What an augmentation may need to know. fill: (D,), the training speakers' mean. frames_per_s: rows per second."""

    kind: Kind
    fill: Frames
    frames_per_s: float


@dataclass(frozen=True)
class Augmentation:
    """A random change of an utterance's rows, in training only.

    kinds: the kinds of input that can bear it. unit: of its strength. below: strengths are less than this.
    order: augmentations of a lower order come first.
    change(rows (T, D), strength, place, random) -> (T', D); the rows that it is given must not change.
    """

    kinds: frozenset[Kind]
    unit: str
    below: float
    order: int
    change: Callable[[Frames, float, Place, np.random.Generator], Frames]
