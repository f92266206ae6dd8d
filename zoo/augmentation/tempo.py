"""Change of tempo."""

import numpy as np

from zoo.inputs.contract import Frames


def change(frames: Frames, strength: float, random: np.random.Generator) -> Frames:
    """Faster or slower by up to the share `strength`, by repeating or leaving out frames: (T, D) -> (T', D)."""
    tempo = 1 + random.uniform(-strength, strength)
    length = max(1, round(len(frames) * tempo))
    return frames[np.linspace(0, len(frames) - 1, length).round().astype(np.int64)]
