"""Change of level."""

import numpy as np

from zoo.augmentation.contract import Augmentation, Place
from zoo.inputs.contract import Frames


def change(rows: Frames, strength: float, place: Place, random: np.random.Generator) -> Frames:
    """Louder or quieter by up to `strength` dB: (T, D) -> (T, D). Bands are in dB; a waveform is multiplied."""
    gain = np.float32(random.uniform(-strength, strength))
    if place.kind == "bands":
        return rows + gain
    return np.asarray(rows * 10 ** (gain / 20), dtype=np.float32)


AUGMENTATION = Augmentation(frozenset({"bands", "waveform"}), "dB", float("inf"), 3, change)
