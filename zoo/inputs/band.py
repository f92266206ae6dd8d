"""A band of frequencies, cut out without moving anything in time."""

from functools import cache

import numpy as np
import numpy.typing as npt

from zoo.audio import RATE_HZ

TRANSITION_HZ = 100  # within the band, at each of its ends
STOP_DB = 60.0  # outside of it
Floats = npt.NDArray[np.floating]


def limited(samples: Floats, low_hz: float | None, high_hz: float | None) -> Floats:
    """The samples without what is below `low_hz` and above `high_hz`; None: there is no such end. Same shape.

    What is outside is 60 dB down, what is inside stays, except for the last 100 Hz to each end, over which it falls. A
    linear-phase filter (windowed sinc, Kaiser) whose delay is made good. Before and after the samples there is silence.

    >>> time = np.arange(16_000) / 16_000
    >>> low, high = np.sin(2 * np.pi * 1000 * time), np.sin(2 * np.pi * 5000 * time)
    >>> bool(np.abs(limited(low + high, None, 4000) - low)[1000:-1000].max() < 0.002)
    True
    """
    from scipy.signal import fftconvolve

    high = None if high_hz is None or high_hz >= RATE_HZ / 2 else high_hz
    if not low_hz and high is None:
        return samples
    taps = _taps(low_hz or None, high)
    # of the whole convolution, since scipy's "same" is as long as the filter where that is the longer one
    whole = fftconvolve(samples, taps)
    start = len(taps) // 2
    return np.asarray(whole[start : start + len(samples)])


@cache
def _taps(low_hz: float | None, high_hz: float | None) -> npt.NDArray[np.float64]:
    from scipy.signal import firwin, kaiser_beta, kaiserord

    number, _ = kaiserord(STOP_DB, TRANSITION_HZ / (RATE_HZ / 2))
    half = TRANSITION_HZ / 2
    edges = [*([] if low_hz is None else [low_hz + half]), *([] if high_hz is None else [high_hz - half])]
    window = ("kaiser", kaiser_beta(STOP_DB))
    return np.asarray(firwin(number | 1, edges, window=window, pass_zero=low_hz is None, fs=RATE_HZ))
