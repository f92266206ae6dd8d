"""What training does to frames so that they are never twice the same."""

import numpy as np

from zoo.inputs.contract import Frames
from zoo.study.train import Augmentation


def augment(
    frames: Frames, settings: Augmentation, fill: Frames, frames_per_s: float, random: np.random.Generator
) -> Frames:
    """Change the tempo, then mask two stretches of time and two of frequency (Park et al. 2019, arXiv 1904.08779).

    frames (T, D); fill (D,): what masked values become, the training speakers' mean. Returns (T', D), a copy.
    """
    if settings.stretch:
        tempo = 1 + random.uniform(-settings.stretch, settings.stretch)
        length = max(1, round(len(frames) * tempo))
        frames = frames[np.linspace(0, len(frames) - 1, length).round().astype(np.int64)]
    if settings.warp:
        frames = warp(frames, 1 + random.uniform(-settings.warp, settings.warp))
    frames = frames + np.float32(random.uniform(-settings.gain_db, settings.gain_db))
    num_frames, num_dims = frames.shape
    for _ in range(2):
        width = int(random.uniform(0, min(settings.time_mask_s * frames_per_s, num_frames / 2)))
        start = int(random.integers(num_frames - width + 1))
        frames[start : start + width] = fill
        width = int(random.uniform(0, settings.frequency_mask_share * num_dims))
        start = int(random.integers(num_dims - width + 1))
        frames[:, start : start + width] = fill[start : start + width]
    return frames


def warp(frames: Frames, factor: float) -> Frames:
    """Stretch the frequency axis, as a longer or shorter vocal tract does (Jaitly & Hinton 2013): (T, D) -> (T, D)."""
    num_dims = frames.shape[1]
    place = np.clip(np.arange(num_dims) * factor, 0, num_dims - 1)
    below = np.minimum(place.astype(np.int64), num_dims - 2)
    weight = (place - below).astype(np.float32)
    return np.asarray(frames[:, below] * (1 - weight) + frames[:, below + 1] * weight, dtype=np.float32)
