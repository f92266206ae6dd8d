"""The augmentation of an utterance's frames, step by step."""

import numpy as np

from zoo.augmentation import masks, tempo, vocal_tract
from zoo.inputs.contract import Frames
from zoo.study.train import Augmentation


def augment(
    frames: Frames, settings: Augmentation, fill: Frames, frames_per_s: float, random: np.random.Generator
) -> Frames:
    """Change tempo, vocal tract length and level, then mask stretches of time and frequency.

    frames (T, D); fill (D,): the value of masked bands, the training speakers' mean. Returns (T', D), a copy.
    """
    if settings.stretch:
        frames = tempo.change(frames, settings.stretch, random)
    if settings.warp:
        frames = vocal_tract.change(frames, settings.warp, random)
    frames = frames + np.float32(random.uniform(-settings.gain_db, settings.gain_db))
    masks.mask(frames, settings.time_mask_s * frames_per_s, settings.frequency_mask_share, fill, random)
    return frames
