"""The samples themselves."""

import numpy as np

from zoo.audio import RATE_HZ
from zoo.inputs.contract import Frames, Input, Samples, each
from zoo.study.configured import Configurable
from zoo.study.section import Section


class Options(Section):
    pass


def compute(samples: Samples) -> Frames:
    """One sample a row: (num_samples, 1) float32."""
    return np.asarray(samples, dtype=np.float32)[:, None]


def _make(options: Options) -> Input:
    return Input("waveform", 1, float(RATE_HZ), {"sampling_rate_hz": RATE_HZ}, each(compute))


INPUT = Configurable(Options, _make)
