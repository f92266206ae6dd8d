"""Long pauses within an utterance are shortened, and never removed: that somebody pauses is a cue."""

from typing import Annotated

import numpy as np
from pydantic import Field

from zoo.inputs.steps.contract import Samples, Step
from zoo.inputs.steps.frames import HOP, frames_of, loud
from zoo.study.configured import Configurable
from zoo.study.section import Section


class Options(Section):
    """max_ms: what a longer pause is shortened to, in whole 10 ms. below_peak_db: what is quieter than the loudest
    10 ms by more than this is a pause."""

    max_ms: Annotated[int, Field(ge=20, le=60_000)] = 300
    below_peak_db: Annotated[float, Field(gt=0, le=120)] = 40.0


def capped(samples: Samples, max_ms: int, below_peak_db: float) -> Samples:
    """The samples without the middle of every pause that is longer; silence before and after them is left to `trim`.

    Both ends of a pause are kept, so that sounds die away and begin as they did; at the seam, both sides are quiet.

    >>> ends = np.ones(1600)
    >>> len(capped(np.concatenate([ends, np.zeros(16_000), ends]), 300, 40))
    8000
    """
    heard = np.flatnonzero(loud(samples, below_peak_db))
    longest = frames_of(max_ms)
    # a pause lies between neighbours in `heard` that are no neighbours in time
    starts, ends = heard[:-1] + 1, heard[1:]
    long = ends - starts > longest
    kept = np.ones(len(samples), dtype=bool)
    for start, end in zip(starts[long], ends[long], strict=True):
        kept[(start + longest // 2) * HOP : (end - (longest - longest // 2)) * HOP] = False
    return samples[kept]


def _make(options: Options) -> Step:
    return Step(lambda samples: capped(samples, options.max_ms, options.below_peak_db), options.model_dump())


STEP = Configurable(Options, _make)
