"""The samples themselves."""

import numpy as np

from zoo.audio import RATE_HZ
from zoo.inputs.contract import Computed, Input, Samples, each
from zoo.inputs.grid import Grid
from zoo.study.configured import Configurable
from zoo.study.section import Section

GRID = Grid(step=2**-15)  # as in a file of 16 bits


class Options(Section):
    pass


def compute(samples: Samples) -> Computed:
    """One sample a row: (num_samples, 1) float32."""
    return np.asarray(samples, dtype=np.float32)[:, None]


def _make(options: Options) -> Input:
    return Input("waveform", 1, float(RATE_HZ), {"sampling_rate_hz": RATE_HZ}, each(compute), GRID)


INPUT = Configurable(Options, _make)
