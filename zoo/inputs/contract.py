"""The front-end contract."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]
Frames = npt.NDArray[np.float32]


@dataclass(frozen=True)
class FrontEnd:
    """Samples in, frames out.

    compute: (num_samples,) float32 at 16 kHz, at least one sample -> (num_frames, num_dims) float32.
    parameters: everything that determines the result.
    bands: whether dimensions are adjacent frequency bands in dB, so that shifts and masks make sense.
    """

    name: str
    num_dims: int
    frames_per_s: float
    parameters: Mapping[str, str | int | float]
    compute: Callable[[Samples], Frames]
    bands: bool = True

    @property
    def facts(self) -> dict[str, str | int | float]:
        """What must be equal for a model to accept these frames; stored with the features and in every release."""
        return {
            **self.parameters,
            "frames_per_s": self.frames_per_s,
            "dimensions": "neighbouring bands" if self.bands else "coefficients",
        }
