"""Every utterance gets the same level of active speech."""

from typing import Annotated

import numpy as np
from pydantic import Field

from zoo.inputs.steps.contract import Samples, Step
from zoo.inputs.steps.frames import loud, powers
from zoo.study.configured import Configurable
from zoo.study.section import Section


class Options(Section):
    """dbfs: the level afterwards, in dB re full scale. below_peak_db: quieter frames are not active speech."""

    dbfs: Annotated[float, Field(ge=-60, le=0)] = -26.0
    below_peak_db: Annotated[float, Field(gt=0, le=120)] = 40.0


def levelled(samples: Samples, dbfs: float, below_peak_db: float) -> Samples:
    """The samples times one factor, after which the mean power of active speech is `dbfs`.

    Pauses do not count, as in ITU-T P.56, of which this is a simplification: a fixed threshold below the loudest 10 ms
    instead of an adaptive one. One factor for the whole utterance keeps its dynamics and the tilt of its spectrum. The
    threshold follows the peak, so any gain gives the same result, and there is no limit to the factor. Nothing is
    clipped, so samples may exceed 1. Digital silence is left as it is.
    """
    power = active_power(samples, below_peak_db)
    return samples if power == 0 else scaled(samples, power, dbfs)


def active_power(samples: Samples, below_peak_db: float) -> float:
    """The mean square of active speech: of the 10 ms that are at most so many dB below the loudest."""
    return float(powers(samples)[loud(samples, below_peak_db)].mean())


def scaled(samples: Samples, power: float, dbfs: float) -> Samples:
    """The samples times the factor after which this power is `dbfs`; not clipped."""
    return np.asarray(samples * np.sqrt(10 ** (dbfs / 10) / power), dtype=np.float32)


def _make(options: Options) -> Step:
    return Step(lambda samples: levelled(samples, options.dbfs, options.below_peak_db), options.model_dump())


STEP = Configurable(Options, _make)
