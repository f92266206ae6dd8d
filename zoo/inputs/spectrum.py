"""Spectra of frames, in bands of the mel scale and in dB: what the spectral inputs share.

The Slaney mel scale with area-normalised triangles (Slaney 1998, Auditory Toolbox, Interval TR 1998-010, p. 29),
as librosa's default; tests compare both. Everything is in float64, for the rounding that follows (`zoo.inputs.grid`).
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from zoo.audio import RATE_HZ
from zoo.inputs.contract import Samples

FLOOR = 1e-10  # power; -100 dB
Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Framing:
    """Frames of win_length samples every hop_length samples, zero-padded to n_fft >= win_length, n_mels bands."""

    win_length: int
    hop_length: int
    n_fft: int
    n_mels: int

    @property
    def facts(self) -> dict[str, Any]:
        """What a card states of it."""
        return {**vars(self), "mel_scale": "slaney", "floor": FLOOR, "unit": "dB"}


def hz_to_mel(hz: Array) -> Array:
    """Slaney's scale: 3 mel per 200 Hz up to 1 kHz, then 27 mel per factor 6.4."""
    return np.where(hz < 1000, hz * 3 / 200, 15 + 27 * np.log(np.maximum(hz, 1e-9) / 1000) / np.log(6.4))


def mel_to_hz(mel: Array) -> Array:
    """The inverse of `hz_to_mel`."""
    return np.where(mel < 15, mel * 200 / 3, 1000 * np.exp((mel - 15) * np.log(6.4) / 27))


@cache
def mel_filters(framing: Framing) -> Array:
    """Triangles of unit area over the FFT bins from 0 to 8 kHz: (n_fft // 2 + 1, n_mels)."""
    edges = mel_to_hz(np.linspace(0, hz_to_mel(np.array(RATE_HZ / 2)), framing.n_mels + 2))
    bins = np.fft.rfftfreq(framing.n_fft, 1 / RATE_HZ)
    rising = (bins[:, None] - edges[:-2]) / np.diff(edges)[:-1]
    falling = (edges[2:] - bins[:, None]) / np.diff(edges)[1:]
    triangles = np.maximum(0, np.minimum(rising, falling))
    return np.asarray(triangles * 2 / (edges[2:] - edges[:-2]))


@cache
def hann_window(framing: Framing) -> Array:
    """A periodic Hann window, zero-padded and centred: (n_fft,)."""
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(framing.win_length) / framing.win_length)
    margin = (framing.n_fft - framing.win_length) // 2
    return np.pad(hann, (margin, framing.n_fft - framing.win_length - margin))


def power(samples: Samples, framing: Framing) -> Array:
    """Power of frames centred on multiples of the hop, zero-padded: (1 + num_samples // hop_length, n_fft // 2 + 1)."""
    from scipy.fft import rfft  # vectorised over frames: faster than numpy's

    padded = np.pad(samples.astype(np.float64), framing.n_fft // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, framing.n_fft)[:: framing.hop_length]
    spectrum = rfft(frames * hann_window(framing), axis=1)
    return np.asarray(np.square(spectrum.real) + np.square(spectrum.imag))


def mel_power(samples: Samples, framing: Framing) -> Array:
    """Power of mel bands: (1 + num_samples // hop_length, n_mels)."""
    return np.asarray(power(samples, framing) @ mel_filters(framing))


def decibels(values: Array) -> Array:
    """dB of powers re 1, at least -100; a sine of amplitude 1 is near 0 in the band that has it."""
    return np.asarray(10 * np.log10(np.maximum(values, FLOOR)))


def cepstrum(bands: Array, n_mfcc: int) -> Array:
    """The first coefficients of the orthonormal DCT-II of each frame's bands in dB: (T, n_mels) -> (T, n_mfcc)."""
    from scipy.fft import dct

    return np.asarray(dct(bands, type=2, norm="ortho", axis=1)[:, :n_mfcc])
