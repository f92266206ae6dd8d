"""Stationary noise is reduced by spectral gating (Sainburg et al. 2020, doi 10.1371/journal.pcbi.1008228).

By the library noisereduce, in the extra `noise`. The noise is what is heard in the utterance's own pauses: estimated
from the whole utterance, a sustained vowel would be noise.
"""

from typing import Annotated

import numpy as np
from pydantic import Field

from zoo.audio import RATE_HZ
from zoo.errors import ZooError
from zoo.inputs.steps.contract import Samples, Step
from zoo.study.configured import Configurable
from zoo.study.section import Section

N_FFT = 1024  # samples of a window, as the library's default
QUIETEST = 0.1  # share of the windows that the noise is estimated from
MIN_WINDOWS = 4  # of them; 0.26 s
PAUSE_DB = 10.0  # a pause is quieter than the utterance's mean power by at least this


class Options(Section):
    """amount: the share by which what is taken for noise is reduced; 1 removes it."""

    amount: Annotated[float, Field(gt=0, le=1)] = 1.0


def reduced(samples: Samples, amount: float) -> Samples:
    """Same shape. The noise is estimated from the pauses; an utterance without any is left as it is.

    Raises ZooError if noisereduce is not installed.
    """
    try:
        from noisereduce import reduce_noise
    except ImportError as error:
        raise ZooError("the step noise_reduction needs noisereduce", "pip install 'ser-zoo[noise]'") from error
    noise = pauses(samples)
    if not len(noise):
        return samples
    found = reduce_noise(
        y=samples,
        sr=RATE_HZ,
        stationary=True,
        y_noise=noise,
        prop_decrease=amount,
        n_fft=N_FFT,
        freq_mask_smooth_hz=None,  # smoothed over the library's 500 Hz, the mask takes 6 dB from a single partial
    )
    return np.asarray(found, dtype=np.float32)


def pauses(samples: Samples) -> Samples:
    """The quietest tenth of the windows of 64 ms, at least four, one after the other; none where one of these is no
    pause: steady sounds are not noise. Digital silence, which says nothing about the noise, is not counted.

    >>> len(pauses(np.ones(16_000, np.float32)))
    0
    """
    windows = samples[: len(samples) // N_FFT * N_FFT].reshape(-1, N_FFT)
    power = np.square(windows, dtype=np.float64).mean(axis=1)
    windows, power = windows[power > 0], power[power > 0]
    number = max(MIN_WINDOWS, round(QUIETEST * len(windows)))
    quiet = np.sort(np.argsort(power, kind="stable")[:number])
    if len(windows) <= number or power[quiet].max() > power.mean() * 10 ** (-PAUSE_DB / 10):
        return samples[:0]
    return np.asarray(windows[quiet].ravel())


def _make(options: Options) -> Step:
    facts = {"quietest": QUIETEST, "min_windows": MIN_WINDOWS, "pause_db": PAUSE_DB}
    return Step(lambda samples: reduced(samples, options.amount), options.model_dump() | facts, exportable=False)


STEP = Configurable(Options, _make)
