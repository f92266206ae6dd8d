"""Leading and trailing silence is cut off."""

from typing import Annotated

import numpy as np
from pydantic import Field

from zoo.inputs.steps.contract import Samples, Step
from zoo.inputs.steps.frames import HOP, loud
from zoo.study.configured import Configurable
from zoo.study.section import Section


class Options(Section):
    """below_peak_db: what is quieter than the loudest 10 ms by more than this is silence."""

    below_peak_db: Annotated[float, Field(gt=0, le=120)] = 40.0


def trim(samples: Samples, below_peak_db: float) -> Samples:
    """From the first to the last 10 ms that are not silence, whole; silence throughout is left as it is.

    >>> len(trim(np.concatenate([np.zeros(800), np.ones(1600), np.zeros(800)]), 40))
    1600
    """
    heard = np.flatnonzero(loud(samples, below_peak_db))
    return samples[heard[0] * HOP : (heard[-1] + 1) * HOP]


def _make(options: Options) -> Step:
    return Step(lambda samples: trim(samples, options.below_peak_db), options.model_dump())


STEP = Configurable(Options, _make)
