"""Silence at both ends."""

from typing import Annotated

import numpy as np
from pydantic import Field

from zoo.audio import RATE_HZ
from zoo.inputs.changes.contract import Change, Floats, Random
from zoo.study.configured import Configurable
from zoo.study.section import Section


class Options(Section):
    """seconds: at each end, at most."""

    seconds: Annotated[float, Field(gt=0, le=10)] = 0.5


def changed(samples: Floats, random: Random, seconds: float) -> Floats:
    """With up to `seconds` before it, and up to as many after it."""
    before, after = (round(random.uniform(0, seconds) * RATE_HZ) for _ in range(2))
    return np.pad(samples, (before, after))


def _make(options: Options) -> Change:
    return Change(3, lambda samples, random: changed(samples, random, options.seconds))


CHANGE = Configurable(Options, _make)
