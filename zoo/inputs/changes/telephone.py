"""A telephone: its band, 8,000 samples a second, and 8 bits of mu-law each (ITU-T G.711)."""

from typing import Annotated

import numpy as np
from pydantic import Field, model_validator

from zoo.inputs.band import TRANSITION_HZ, limited
from zoo.inputs.changes.contract import Change, Floats, Random
from zoo.study.configured import Configurable
from zoo.study.section import Section

MU, STEPS = 255, 127  # steps to each side of 0


class Options(Section):
    """low_hz, high_hz: the band that it lets pass; 100 Hz beyond, nothing is left."""

    low_hz: Annotated[float, Field(gt=TRANSITION_HZ, le=1000)] = 300.0
    high_hz: Annotated[float, Field(ge=1000, le=4000 - TRANSITION_HZ)] = 3400.0

    @model_validator(mode="after")
    def _band(self) -> "Options":
        if self.high_hz <= self.low_hz:
            raise ValueError("high_hz must be above low_hz")
        return self


def changed(samples: Floats, random: Random, low_hz: float, high_hz: float) -> Floats:
    """As a telephone passes it on; nothing is random. The loudest sample is full scale. Same shape."""
    low, high = low_hz - TRANSITION_HZ, high_hz + TRANSITION_HZ
    sent = limited(samples, low, high)[::2]  # nothing is left above 4 kHz that could be mirrored
    full = float(np.abs(sent).max())
    if full == 0:
        return samples
    received = np.zeros(len(samples))
    received[::2] = 2 * full * mu_law(sent / full)
    return limited(received, low, high)


def mu_law(samples: Floats) -> Floats:
    """Samples within -1 to 1, rounded as by mu-law in 8 bits: evenly on a logarithmic scale. Same shape.

    >>> len(np.unique(mu_law(np.linspace(-1, 1, 9999))))
    255
    """
    compressed = np.rint(STEPS * np.log1p(MU * np.abs(samples)) / np.log1p(MU)) / STEPS
    return np.asarray(np.sign(samples) * np.expm1(compressed * np.log1p(MU)) / MU)


def _make(options: Options) -> Change:
    return Change(7, lambda samples, random: changed(samples, random, options.low_hz, options.high_hz))


CHANGE = Configurable(Options, _make)
