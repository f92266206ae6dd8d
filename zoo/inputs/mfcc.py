"""Mel-frequency cepstral coefficients: 40 of the 64 log-mel bands, with first and second deltas unless they are off.

Orthonormal DCT-II of the dB values; deltas are the slope (and curvature) of a least-squares parabola over nine frames
(Savitzky & Golay 1964), as librosa's `delta(width=9, mode="nearest")`; tests compare both.
"""

import numpy as np

from zoo.audio import RATE_HZ
from zoo.inputs import log_mel
from zoo.inputs.contract import Frames, Input, Samples, each
from zoo.study.configured import Configurable
from zoo.study.section import Section

N_MFCC = 40
DELTA_WIDTH = 9


class Options(Section):
    """deltas: whether the first and second deltas follow the coefficients."""

    deltas: bool = True


def delta(frames: Frames, order: int) -> Frames:
    """The first (order 1) or second (order 2) derivative per frame, of the same shape; the ends are repeated."""
    from scipy.signal import savgol_filter

    found = savgol_filter(frames, DELTA_WIDTH, polyorder=order, deriv=order, axis=0, mode="nearest")
    return np.asarray(found, dtype=np.float32)


def static(samples: Samples) -> Frames:
    """The coefficients alone: (1 + num_samples // HOP_LENGTH, N_MFCC) float32."""
    from scipy.fft import dct

    return np.asarray(dct(log_mel.compute(samples), type=2, norm="ortho", axis=1)[:, :N_MFCC], dtype=np.float32)


def compute(samples: Samples) -> Frames:
    """Coefficients, their first and their second deltas: (1 + num_samples // HOP_LENGTH, 3 * N_MFCC) float32."""
    frames = static(samples)
    return np.concatenate([frames, delta(frames, 1), delta(frames, 2)], axis=1)


def _make(options: Options) -> Input:
    return Input(
        kind="coefficients",
        num_dims=3 * N_MFCC if options.deltas else N_MFCC,
        frames_per_s=RATE_HZ / log_mel.HOP_LENGTH,
        facts={
            **log_mel.FACTS,
            "n_mfcc": N_MFCC,
            "deltas": 2 if options.deltas else 0,
            **({"delta_width": DELTA_WIDTH} if options.deltas else {}),
        },
        compute=each(compute if options.deltas else static),
    )


INPUT = Configurable(Options, _make)
