"""Change of the vocal tract length (Jaitly & Hinton 2013)."""

import numpy as np

from zoo.augmentation.contract import Augmentation, Place
from zoo.inputs.contract import Frames


def change(rows: Frames, strength: float, place: Place, random: np.random.Generator) -> Frames:
    """The frequency axis stretched by up to the share `strength`: (T, D) -> (T, D)."""
    return warp(rows, 1 + random.uniform(-strength, strength))


def warp(frames: Frames, factor: float) -> Frames:
    """Every band takes the value of the band at `factor` times its number: (T, D) -> (T, D)."""
    num_dims = frames.shape[1]
    place = np.clip(np.arange(num_dims) * factor, 0, num_dims - 1)
    below = np.minimum(place.astype(np.int64), num_dims - 2)
    weight = (place - below).astype(np.float32)
    return np.asarray(frames[:, below] * (1 - weight) + frames[:, below + 1] * weight, dtype=np.float32)


AUGMENTATION = Augmentation(frozenset({"bands"}), "share", 0.5, 2, change)
