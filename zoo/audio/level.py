"""How loud a recording is, measured block by block."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from zoo.audio.stream import Block

LEAST_POWER = 1e-12  # -120 dBFS
FULL_SCALE = 32767 / 32768


@dataclass(frozen=True)
class Level:
    """Of all values of a recording, in units of full scale: their number, sum, sum of squares, the largest, and how
    many are at full scale. `+` joins the levels of blocks."""

    num_values: int = 0
    total: float = 0.0
    squares: float = 0.0
    peak: float = 0.0
    num_clipped: int = 0

    @staticmethod
    def of(block: Block) -> "Level":
        """The level of a block (num_samples, channels), which has samples."""
        flat: Any = block.reshape(-1)
        # sums of 16-bit integers and of their squares are exact, so they are equal on every processor
        full, exact = (32768.0, np.int64) if flat.dtype == np.int16 else (1.0, np.float64)
        peak = max(float(flat.max()), -float(flat.min())) / full  # a single NaN makes minimum and maximum NaN
        limit, clipped = FULL_SCALE * full, 0
        if peak >= FULL_SCALE:
            clipped = int(np.count_nonzero((flat >= limit) | (flat <= -limit)))
        squares = float(np.einsum("i,i->", flat, flat, dtype=exact)) / full**2
        return Level(flat.size, float(flat.sum(dtype=exact)) / full, squares, peak, clipped)

    def __add__(self, other: "Level") -> "Level":
        return Level(
            self.num_values + other.num_values,
            self.total + other.total,
            self.squares + other.squares,
            max(self.peak, other.peak),
            self.num_clipped + other.num_clipped,
        )

    @property
    def power(self) -> float:
        """Mean square, in units of full scale."""
        return self.squares / max(self.num_values, 1)

    @property
    def dbfs(self) -> float:
        """Root mean square in dB re full scale, at least -120."""
        return 10 * math.log10(max(self.power, LEAST_POWER))

    @property
    def dc_offset(self) -> float:
        """Their mean, in units of full scale."""
        return self.total / max(self.num_values, 1)

    @property
    def clipped(self) -> float:
        """The share of them at full scale."""
        return self.num_clipped / max(self.num_values, 1)
