"""Stretches of time and of frequency that are masked (Park et al. 2019, arXiv 1904.08779)."""

import numpy as np

from zoo.inputs.contract import Frames

MASKS = 2  # of each kind


def mask(frames: Frames, most_frames: float, most_share: float, fill: Frames, random: np.random.Generator) -> None:
    """Write `fill` (D,) over random stretches, in place.

    most_frames: length of a stretch of time, at most half of the utterance; most_share: of the bands, width of a
    stretch of frequency. frames: (T, D).
    """
    num_frames, num_dims = frames.shape
    for _ in range(MASKS):
        width = int(random.uniform(0, min(most_frames, num_frames / 2)))
        start = int(random.integers(num_frames - width + 1))
        frames[start : start + width] = fill
        width = int(random.uniform(0, most_share * num_dims))
        start = int(random.integers(num_dims - width + 1))
        frames[:, start : start + width] = fill[start : start + width]
