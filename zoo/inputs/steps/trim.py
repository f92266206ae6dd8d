"""Leading and trailing silence is cut off, up to a margin."""

from typing import Annotated

import numpy as np
from pydantic import Field

from zoo.inputs.steps.contract import Samples, Step
from zoo.inputs.steps.frames import HOP, frames_of, loud
from zoo.study.configured import Configurable
from zoo.study.section import Section


class Options(Section):
    """below_peak_db: what is quieter than the loudest 10 ms by more than this is silence. margin_ms: so much of it is
    kept on both sides, in whole 10 ms, for soft onsets and what dies away."""

    below_peak_db: Annotated[float, Field(gt=0, le=120)] = 40.0
    margin_ms: Annotated[int, Field(ge=0, le=60_000)] = 100


def trim(samples: Samples, below_peak_db: float, margin_ms: int) -> Samples:
    """From the first to the last 10 ms that are not silence, whole, and the margin where there is so much silence.

    Silence throughout is left as it is.

    >>> len(trim(np.concatenate([np.zeros(800), np.ones(1600), np.zeros(800)]), 40, 20))
    2240
    """
    heard, margin = np.flatnonzero(loud(samples, below_peak_db)), frames_of(margin_ms)
    return samples[max(0, heard[0] - margin) * HOP : (heard[-1] + 1 + margin) * HOP]


def _make(options: Options) -> Step:
    return Step(lambda samples: trim(samples, options.below_peak_db, options.margin_ms), options.model_dump())


STEP = Configurable(Options, _make)
