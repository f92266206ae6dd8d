"""Masking of stretches of time and of frequency (Park et al. 2019, arXiv 1904.08779)."""

import numpy as np

from zoo.inputs.contract import Frames

MASKS = 2  # of each kind


def mask(frames: Frames, max_frames: float, max_share: float, fill: Frames, random: np.random.Generator) -> None:
    """Write `fill` (D,) over random stretches, in place.

    max_frames: longest stretch of time, at most half of the utterance; max_share: widest stretch of frequency, as a
    share of the bands. frames: (T, D).
    """
    num_frames, num_dims = frames.shape
    for _ in range(MASKS):
        width = int(random.uniform(0, min(max_frames, num_frames / 2)))
        start = int(random.integers(num_frames - width + 1))
        frames[start : start + width] = fill
        width = int(random.uniform(0, max_share * num_dims))
        start = int(random.integers(num_dims - width + 1))
        frames[:, start : start + width] = fill[start : start + width]
