"""Speed, by resampling, which moves pitch and tempo together."""

from typing import Annotated

import numpy as np
from pydantic import Field

from zoo.audio import RATE_HZ
from zoo.inputs.changes.contract import Change, Floats, Random
from zoo.study.configured import Configurable
from zoo.study.section import Section


class Options(Section):
    """share: by which it changes at most."""

    share: Annotated[float, Field(gt=0, le=0.5)] = 0.1


def changed(samples: Floats, random: Random, share: float) -> Floats:
    """Faster or slower by up to `share`; as it was where nothing would be left."""
    import soxr

    factor = random.uniform(1 - share, 1 + share)
    found = soxr.resample(samples, RATE_HZ * factor, RATE_HZ)
    return np.asarray(found if len(found) else samples)


def _make(options: Options) -> Change:
    return Change(1, lambda samples, random: changed(samples, random, options.share))


CHANGE = Configurable(Options, _make)
