"""A room's reverberation: noise that decays, added to the direct sound (Habets 2010 gives better rooms)."""

from typing import Annotated

import numpy as np
from pydantic import Field

from zoo.audio import RATE_HZ
from zoo.inputs.changes.contract import Change, Floats, Random, Range, within
from zoo.study.configured import Configurable
from zoo.study.section import Section


class Options(Section):
    """decay_s: time in which it falls by 60 dB. reverberant: its energy as a share of the direct sound's, at most."""

    decay_s: Annotated[Range, within(0.01, 10)] = (0.15, 0.6)
    reverberant: Annotated[float, Field(gt=0, le=10)] = 0.5


def changed(samples: Floats, random: Random, decay_s: tuple[float, float], reverberant: float) -> Floats:
    """The samples and their reverberation, cut off at their end. Same shape."""
    from scipy.signal import fftconvolve

    num_samples = round(random.uniform(*decay_s) * RATE_HZ)
    tail = random.standard_normal(num_samples) * 10 ** (-3 * np.arange(num_samples) / num_samples)
    tail *= np.sqrt(random.uniform(0, reverberant) / np.square(tail).sum())
    return np.asarray(samples + fftconvolve(samples, tail)[: len(samples)])


def _make(options: Options) -> Change:
    return Change(4, lambda samples, random: changed(samples, random, options.decay_s, options.reverberant))


CHANGE = Configurable(Options, _make)
