"""Augmented copies of an utterance's samples, which training hears, and models that average over several views.

They are rows of the same utterance in the store, after the row of the utterance itself, so that no split of utterances
can part them. Each copy is changed by two or three of: speed (by resampling, which moves pitch and tempo), pitch (phase
vocoder), a room's reverberation (decaying noise, Habets 2010 gives better ones), coloured noise, silence at the ends.
"""

import zlib
from collections.abc import Callable

import numpy as np

from zoo.audio import RATE_HZ
from zoo.inputs.contract import Samples

SPEED = 0.1  # changed by up to this share
SEMITONES = 2.0  # shifted by up to so many
DECAY_S = (0.15, 0.6)  # time in which a room's reverberation falls by 60 dB
REVERBERANT = 0.5  # energy of the reverberation, as a share of the direct sound's, at most
SNR_DB = (10.0, 30.0)
SILENCE_S = 0.5  # at each end, at most

Random = np.random.Generator


def copies(samples: Samples, utterance_id: str, number: int) -> list[Samples]:
    """So many copies of an utterance, each the same whenever it is made. samples: (num_samples,) at 16 kHz."""
    return [_copy(samples, np.random.default_rng([zlib.crc32(utterance_id.encode()), at])) for at in range(number)]


def _copy(samples: Samples, random: Random) -> Samples:
    chosen = sorted(random.permutation(len(_CHANGES))[: random.integers(2, 4)])
    for number in chosen:
        samples = _CHANGES[number](samples, random)
    return samples.astype(np.float32)


def _speed(samples: Samples, random: Random) -> Samples:
    import soxr

    factor = random.uniform(1 - SPEED, 1 + SPEED)
    changed = soxr.resample(samples, RATE_HZ * factor, RATE_HZ)
    return np.asarray(changed if len(changed) else samples)


def _pitch(samples: Samples, random: Random) -> Samples:
    import librosa

    steps = random.uniform(-SEMITONES, SEMITONES)
    size = 1024
    if len(samples) < size:
        return samples
    return np.asarray(librosa.effects.pitch_shift(samples, sr=RATE_HZ, n_steps=steps, n_fft=size, res_type="soxr_hq"))


def _reverberation(samples: Samples, random: Random) -> Samples:
    from scipy.signal import fftconvolve

    decay = random.uniform(*DECAY_S)
    num_samples = round(decay * RATE_HZ)
    tail = random.standard_normal(num_samples) * 10 ** (-3 * np.arange(num_samples) / num_samples)
    tail *= np.sqrt(random.uniform(0, REVERBERANT) / np.square(tail).sum())
    return np.asarray(samples + fftconvolve(samples, tail)[: len(samples)])


def _noise(samples: Samples, random: Random) -> Samples:
    """White to brown, below the mean power of the utterance by a random ratio."""
    ratio, colour = random.uniform(*SNR_DB), random.uniform(0, 1)
    spectrum = np.fft.rfft(random.standard_normal(len(samples)))
    noise = np.fft.irfft(spectrum / np.maximum(np.arange(len(spectrum)), 1) ** colour, len(samples))
    wanted, found = np.square(samples).mean(), np.square(noise).mean()
    return np.asarray(samples + noise * np.sqrt(wanted / max(found, 1e-20)) * 10 ** (-ratio / 20))


def _silence(samples: Samples, random: Random) -> Samples:
    before, after = (round(random.uniform(0, SILENCE_S) * RATE_HZ) for _ in range(2))
    return np.pad(samples, (before, after))


# in this order: a room is around the speaker, the noise around the room
_CHANGES: tuple[Callable[[Samples, Random], Samples], ...] = (_speed, _pitch, _silence, _reverberation, _noise)
