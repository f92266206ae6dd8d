"""Pitch, by a phase vocoder, which leaves the tempo."""

from typing import Annotated

import numpy as np
from pydantic import Field

from zoo.audio import RATE_HZ
from zoo.inputs.changes.contract import Change, Floats, Random
from zoo.study.configured import Configurable
from zoo.study.section import Section

SIZE = 1024  # samples of a window; what is shorter is left as it is


class Options(Section):
    """semitones: by which it is shifted at most."""

    semitones: Annotated[float, Field(gt=0, le=12)] = 2.0


def changed(samples: Floats, random: Random, semitones: float) -> Floats:
    """Higher or lower by up to so many semitones. Same shape."""
    import librosa

    steps = random.uniform(-semitones, semitones)
    if len(samples) < SIZE:
        return samples
    return np.asarray(librosa.effects.pitch_shift(samples, sr=RATE_HZ, n_steps=steps, n_fft=SIZE, res_type="soxr_hq"))


def _make(options: Options) -> Change:
    return Change(2, lambda samples, random: changed(samples, random, options.semitones))


CHANGE = Configurable(Options, _make)
