"""Frequencies that not every corpus has are cut off, so that how a corpus was recorded says less."""

from typing import Annotated

import numpy as np
from pydantic import Field, model_validator

from zoo.inputs.band import TRANSITION_HZ, limited
from zoo.inputs.steps.contract import Samples, Step
from zoo.study.configured import Configurable
from zoo.study.section import Section


class Options(Section):
    """high_hz: what is above is removed; choose the bandwidth of the narrowest corpus, which `zoo data verify` states;
    null for none. low_hz: what is below is removed, such as hum."""

    high_hz: Annotated[float, Field(ge=1000, le=8000)] | None = 4000.0
    low_hz: Annotated[float, Field(gt=0, le=500)] | None = None

    @model_validator(mode="after")
    def _something(self) -> "Options":
        if self.high_hz is None and self.low_hz is None:
            raise ValueError("state high_hz or low_hz: without both, nothing is removed")
        return self


def band_limited(samples: Samples, low_hz: float | None, high_hz: float | None) -> Samples:
    """As `zoo.inputs.band.limited`, (num_samples,) -> the same shape."""
    return limited(samples, low_hz, high_hz).astype(np.float32)


def _make(options: Options) -> Step:
    facts = options.model_dump() | {"transition_hz": TRANSITION_HZ}
    return Step(lambda samples: band_limited(samples, options.low_hz, options.high_hz), facts)


STEP = Configurable(Options, _make)
