"""Deltas: how frames change over time.

The slope (and curvature) of a least-squares parabola over nine frames (Savitzky & Golay 1964, doi
10.1021/ac60214a047), as librosa's `delta(width=9, mode="nearest")`; tests compare both.
"""

import numpy as np

from zoo.inputs.spectrum import Array

WIDTH = 9  # frames


def with_deltas(frames: Array, orders: int) -> Array:
    """The frames and their deltas of order 1 to `orders` (at most 2) side by side: (T, D) -> (T, (1 + orders) * D)."""
    return np.concatenate([frames, *(delta(frames, order) for order in range(1, orders + 1))], axis=1)


def delta(frames: Array, order: int) -> Array:
    """The first (order 1) or second (order 2) derivative per frame, of the same shape; the ends are repeated."""
    from scipy.signal import savgol_filter

    return np.asarray(savgol_filter(frames, WIDTH, polyorder=order, deriv=order, axis=0, mode="nearest"))


def facts_of(orders: int) -> dict[str, int]:
    """What a card states of them."""
    return {"deltas": orders, "delta_width": WIDTH} if orders else {"deltas": 0}
