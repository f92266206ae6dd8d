"""Stationary noise is reduced by spectral gating (Sainburg et al. 2020, doi 10.1371/journal.pcbi.1008228).

By the library noisereduce, in the extra `noise`.
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


class Options(Section):
    """amount: the share by which what is taken for noise is reduced; 1 removes it."""

    amount: Annotated[float, Field(gt=0, le=1)] = 1.0


def reduced(samples: Samples, amount: float) -> Samples:
    """Same shape. The noise is estimated from the utterance itself; digital silence, and what is shorter than a window
    (64 ms), is left as it is.

    Raises ZooError if noisereduce is not installed.
    """
    try:
        from noisereduce import reduce_noise
    except ImportError as error:
        raise ZooError("the step noise_reduction needs noisereduce", "pip install 'ser-zoo[noise]'") from error
    if len(samples) < N_FFT or not samples.any():
        return samples
    found = reduce_noise(y=samples, sr=RATE_HZ, stationary=True, prop_decrease=amount, n_fft=N_FFT)
    return np.asarray(found, dtype=np.float32)


def _make(options: Options) -> Step:
    return Step(lambda samples: reduced(samples, options.amount), options.model_dump(), exportable=False)


STEP = Configurable(Options, _make)
