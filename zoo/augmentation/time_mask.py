"""Masking of stretches of time (Park et al. 2019, arXiv 1904.08779)."""

import numpy as np

from zoo.augmentation.contract import Augmentation, Place
from zoo.inputs.contract import Frames

MASKS = 2


def change(rows: Frames, strength: float, place: Place, random: np.random.Generator) -> Frames:
    """Two random stretches of up to `strength` seconds, at most half of the utterance, become the mean: (T, D)."""
    rows = rows.copy()
    for _ in range(MASKS):
        width = int(random.uniform(0, min(strength * place.frames_per_s, len(rows) / 2)))
        start = int(random.integers(len(rows) - width + 1))
        rows[start : start + width] = place.fill
    return rows


AUGMENTATION = Augmentation(
    frozenset({"bands", "coefficients", "waveform", "encoder_frames"}), "seconds", float("inf"), 4, change
)
