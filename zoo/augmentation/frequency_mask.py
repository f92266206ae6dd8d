"""Masking of stretches of frequency (Park et al. 2019, arXiv 1904.08779)."""

import numpy as np

from zoo.augmentation.contract import Augmentation, Place
from zoo.inputs.contract import Frames

MASKS = 2


def change(rows: Frames, strength: float, place: Place, random: np.random.Generator) -> Frames:
    """Two random stretches of up to the share `strength` of the bands become the mean: (T, D)."""
    rows, num_dims = rows.copy(), rows.shape[1]
    for _ in range(MASKS):
        width = int(random.uniform(0, strength * num_dims))
        start = int(random.integers(num_dims - width + 1))
        rows[:, start : start + width] = place.fill[start : start + width]
    return rows


AUGMENTATION = Augmentation(frozenset({"bands"}), "share", 1.0, 5, change)
