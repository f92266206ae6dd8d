"""Change of tempo."""

import numpy as np

from zoo.augmentation.contract import Augmentation, Place
from zoo.inputs.contract import Frames


def change(rows: Frames, strength: float, place: Place, random: np.random.Generator) -> Frames:
    """Faster or slower by up to the share `strength`, by repeating or leaving out frames: (T, D) -> (T', D)."""
    tempo = 1 + random.uniform(-strength, strength)
    length = max(1, round(len(rows) * tempo))
    return rows[np.linspace(0, len(rows) - 1, length).round().astype(np.int64)]


# samples of a waveform cannot be left out: that would change the pitch
AUGMENTATION = Augmentation(frozenset({"bands", "coefficients"}), "share", 0.5, 1, change)
