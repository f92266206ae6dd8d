"""Log-mel energies: 64 bands, 25 ms windows every 10 ms, in dB.

The Slaney mel scale with area-normalised triangles (Slaney 1998, Auditory Toolbox, Interval TR 1998-010, p. 29),
as librosa's default; the tests hold both equal.
"""

from functools import cache

import numpy as np

from zoo.audio import RATE_HZ
from zoo.inputs.contract import Frames, FrontEnd, Samples

WINDOW = 400
HOP = 160
FFT = 512
BANDS = 64
FLOOR = 1e-10  # power; -100 dB


def hz_to_mel(hz: Samples) -> Samples:
    """Slaney's scale: 3 mel per 200 Hz up to 1 kHz, then 27 mel per factor 6.4."""
    return np.where(hz < 1000, hz * 3 / 200, 15 + 27 * np.log(np.maximum(hz, 1e-9) / 1000) / np.log(6.4))


def mel_to_hz(mel: Samples) -> Samples:
    """The inverse of `hz_to_mel`."""
    return np.where(mel < 15, mel * 200 / 3, 1000 * np.exp((mel - 15) * np.log(6.4) / 27))


@cache
def filters(bands: int = BANDS) -> Frames:
    """Triangles of unit area over the FFT bins from 0 to 8 kHz: (FFT // 2 + 1, bands) float32."""
    edges = mel_to_hz(np.linspace(0, hz_to_mel(np.array(RATE_HZ / 2)), bands + 2))
    bins = np.fft.rfftfreq(FFT, 1 / RATE_HZ)
    rising = (bins[:, None] - edges[:-2]) / np.diff(edges)[:-1]
    falling = (edges[2:] - bins[:, None]) / np.diff(edges)[1:]
    triangles = np.maximum(0, np.minimum(rising, falling))
    return np.asarray(triangles * 2 / (edges[2:] - edges[:-2]), dtype=np.float32)


@cache
def window() -> Samples:
    """A periodic Hann window of 25 ms in the middle of the FFT's length: (FFT,) float32."""
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)
    margin = (FFT - WINDOW) // 2
    return np.pad(hann, (margin, FFT - WINDOW - margin)).astype(np.float32)


def mel_power(samples: Samples) -> Frames:
    """Mel power, frames centred on multiples of the hop, zeros beyond the ends: (1 + num_samples // HOP, BANDS)."""
    from scipy.fft import rfft  # several transforms at once: seven times as fast as numpy's in float32

    padded = np.pad(samples.astype(np.float32, copy=False), FFT // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, FFT)[::HOP]
    spectrum = rfft(frames * window(), axis=1)
    power = np.square(spectrum.real) + np.square(spectrum.imag)
    return np.asarray(power @ filters(), dtype=np.float32)


def compute(samples: Samples) -> Frames:
    """Log-mel energies in dB: (1 + num_samples // HOP, BANDS) float32, -100 dB at the least."""
    return (10 * np.log10(np.maximum(mel_power(samples), FLOOR))).astype(np.float32, copy=False)


FRONT_END = FrontEnd(
    name="log_mel",
    num_dims=BANDS,
    frames_per_s=RATE_HZ / HOP,
    parameters={
        "window_samples": WINDOW,
        "hop_samples": HOP,
        "fft_samples": FFT,
        "bands": BANDS,
        "mel_scale": "slaney",
        "floor": FLOOR,
        "unit": "dB",
        "level": "as recorded",
    },
    compute=compute,
)
