"""The power of frames, by which steps tell speech from silence."""

import numpy as np
import numpy.typing as npt

from zoo.audio import RATE_HZ
from zoo.inputs.steps.contract import Samples

FRAME_MS = 10
HOP = RATE_HZ * FRAME_MS // 1000


def frames_of(milliseconds: int) -> int:
    """The whole frames in so many milliseconds."""
    return milliseconds // FRAME_MS


def powers(samples: Samples) -> npt.NDArray[np.float64]:
    """Mean square of every 10 ms, the last ones perhaps shorter: (ceil(num_samples / HOP),)."""
    squares = np.square(samples.astype(np.float64))
    starts = np.arange(0, len(samples), HOP)
    sizes = np.diff(np.append(starts, len(samples)))
    return np.asarray(np.add.reduceat(squares, starts) / sizes)


def loud(samples: Samples, below_peak_db: float) -> npt.NDArray[np.bool_]:
    """Which 10 ms are at most so many dB below the loudest; all of them where there is only silence."""
    found = powers(samples)
    return np.asarray(found >= found.max() * 10 ** (-below_peak_db / 10))
