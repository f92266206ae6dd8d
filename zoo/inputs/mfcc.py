"""Mel-frequency cepstral coefficients: 40 of the 64 log-mel bands, with first and second deltas.

Orthonormal DCT-II of the dB values; deltas are the slope (and curvature) of a least-squares parabola over nine frames
(Savitzky & Golay 1964), the ends repeated, as librosa's `delta(width=9, mode="nearest")`; tests compare both.
"""

from functools import cache

import numpy as np

from zoo.inputs import log_mel
from zoo.inputs.contract import Frames, FrontEnd, Samples

COEFFICIENTS = 40
DELTA_WIDTH = 9


@cache
def _savgol_filter(order: int) -> Samples:
    offsets = np.arange(DELTA_WIDTH) - DELTA_WIDTH // 2
    fit = np.linalg.pinv(np.vander(offsets, order + 1, increasing=True))
    # the derivative is order! times the coefficient; order is 1 or 2
    return np.asarray(fit[order] * order, dtype=np.float32)


def delta(frames: Frames, order: int) -> Frames:
    """The first (order 1) or second (order 2) derivative per frame, of the same shape."""
    half = DELTA_WIDTH // 2
    padded = np.pad(frames, ((half, half), (0, 0)), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, DELTA_WIDTH, axis=0)
    return np.asarray(windows @ _savgol_filter(order), dtype=np.float32)


def compute(samples: Samples) -> Frames:
    """Coefficients, their first and their second deltas: (1 + num_samples // HOP_LENGTH, 3 * COEFFICIENTS) float32."""
    from scipy.fft import dct

    static = dct(log_mel.compute(samples), type=2, norm="ortho", axis=1)[:, :COEFFICIENTS]
    return np.concatenate([static, delta(static, 1), delta(static, 2)], axis=1)


FRONT_END = FrontEnd(
    name="mfcc",
    num_dims=3 * COEFFICIENTS,
    frames_per_s=log_mel.FRONT_END.frames_per_s,
    parameters={**log_mel.FRONT_END.parameters, "coefficients": COEFFICIENTS, "deltas": 2, "delta_width": DELTA_WIDTH},
    compute=compute,
    bands=False,
)
