"""34 MFCC and 12 chroma of long windows: the input of the recurrent baseline published for RAVDESS.

Chroma is librosa's, with its tuning fixed to A4 = 440 Hz: an estimate of the tuning is for music, and would jump from
utterance to utterance. Bands end at 8 kHz, not at 24 kHz as the published ones do (Mak-Sim/ResLSTM-SER on GitHub).
"""

from functools import cache
from typing import Annotated

import numpy as np
from pydantic import Field

from zoo.audio import RATE_HZ
from zoo.inputs import log_mel, spectrum
from zoo.inputs.contract import Computed, Input, Samples, each
from zoo.inputs.spectrum import Framing
from zoo.study.configured import Configurable
from zoo.study.section import Section

N_MFCC, N_CHROMA, N_MELS = 34, 12, 128


class Options(Section):
    """window_ms, hop_ms: of the frames. The defaults are the published ones, 4096 and 2048 samples at the 48 kHz of
    RAVDESS's files (85.3 and 42.7 ms). Semitones of a speaking voice are 5 to 15 Hz apart; 85 ms tell frequencies 12 Hz
    apart, 128 ms 8 Hz."""

    window_ms: Annotated[int, Field(ge=32, le=1000)] = 85
    hop_ms: Annotated[int, Field(ge=1, le=1000)] = 43


def _make(options: Options) -> Input:
    win_length = RATE_HZ * options.window_ms // 1000
    framing = Framing(win_length, RATE_HZ * options.hop_ms // 1000, 1 << (win_length - 1).bit_length(), N_MELS)

    def compute(samples: Samples) -> Computed:
        """(1 + num_samples // hop_length, 46): coefficients of 128 bands in dB, then the share of each semitone, in
        relation to the strongest of its frame: 0 to 1, all of them 0 in digital silence."""
        from librosa.util import normalize

        power = spectrum.power(samples, framing)
        bands = spectrum.decibels(power @ spectrum.mel_filters(framing))
        chroma = normalize(power @ _chroma_filters(framing.n_fft), norm=np.inf, axis=1)
        return np.concatenate([spectrum.cepstrum(bands, N_MFCC), chroma], axis=1)

    return Input(
        kind="coefficients",
        num_dims=N_MFCC + N_CHROMA,
        frames_per_s=RATE_HZ / framing.hop_length,
        facts={**framing.facts, "n_mfcc": N_MFCC, "n_chroma": N_CHROMA, "tuning": 0.0},
        compute=each(compute),
        grid=log_mel.GRID,
    )


@cache
def _chroma_filters(n_fft: int) -> spectrum.Array:
    """librosa's: (n_fft // 2 + 1, N_CHROMA)."""
    import librosa

    filters = librosa.filters.chroma(sr=RATE_HZ, n_fft=n_fft, tuning=0.0, n_chroma=N_CHROMA, dtype=np.float64)
    return np.asarray(filters.T)


INPUT = Configurable(Options, _make)
