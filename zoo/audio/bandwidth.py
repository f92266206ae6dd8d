"""Up to which frequency a recording has anything at all: what its microphone, line or codec let pass."""

import numpy as np

from zoo.audio import RATE_HZ, Samples

SIZE = 512  # samples of a frame, 32 ms
SPEECH_DB = 40.0  # frames that are quieter than the loudest by more than this are not speech
EDGE_DB = 60.0
RARE = 0.1  # share of the frames


def bandwidth_hz(samples: Samples) -> float | None:
    """The highest frequency at which the spectrum of speech is within 60 dB of its maximum.

    Of every frequency, the power that a tenth of the frames exceed: of hisses, which are rarer than vowels, and not of
    a click or a cut. samples: (num_samples,) at 16 kHz, so that it is at most 8000. In steps of 31.25 Hz. None for
    digital silence, and for less than a frame. The noise of a quiet recording counts as well: it was not cut off.

    >>> time = np.arange(16_000) / 16_000
    >>> bandwidth_hz(sum(np.sin(2 * np.pi * hz * time) for hz in range(250, 4000, 250)))
    3781.25
    """
    frames = samples[: len(samples) // SIZE * SIZE].reshape(-1, SIZE).astype(np.float64)
    loudness = np.square(frames).mean(axis=1)
    if not loudness.any():
        return None
    speech = frames[loudness >= loudness.max() * 10 ** (-SPEECH_DB / 10)]
    powers = np.square(np.abs(np.fft.rfft(speech * np.hanning(SIZE))))
    power = np.quantile(powers, 1 - RARE, axis=0)
    heard = np.flatnonzero(power >= power.max() * 10 ** (-EDGE_DB / 10))
    return float(heard[-1] * RATE_HZ / SIZE)
