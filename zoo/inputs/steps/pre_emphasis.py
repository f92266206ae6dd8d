"""Higher frequencies are amplified, which evens out the falling spectrum of voices."""

from typing import Annotated

import numpy as np
from pydantic import Field

from zoo.inputs.steps.contract import Samples, Step
from zoo.study.configured import Configurable
from zoo.study.section import Section


class Options(Section):
    """coefficient: of the previous sample; the customary value is 0.97."""

    coefficient: Annotated[float, Field(gt=0, lt=1)] = 0.97


def emphasised(samples: Samples, coefficient: float) -> Samples:
    """y[n] = x[n] - coefficient x[n - 1]; the sample before the first is 0. Same shape."""
    result = samples.astype(np.float32, copy=True)
    result[1:] -= np.float32(coefficient) * samples[:-1]
    return result


def _make(options: Options) -> Step:
    return Step(lambda samples: emphasised(samples, options.coefficient), options.model_dump())


STEP = Configurable(Options, _make)
