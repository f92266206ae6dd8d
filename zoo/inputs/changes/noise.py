"""Coloured noise, from white to brown, at a signal-to-noise ratio."""

from typing import Annotated

import numpy as np

from zoo.inputs.changes.contract import Change, Floats, Random, Range, within
from zoo.study.configured import Configurable
from zoo.study.section import Section


class Options(Section):
    """snr_db: how far the noise is below the mean power of the utterance, silence around it included."""

    snr_db: Annotated[Range, within(-20, 100)] = (10.0, 30.0)


def changed(samples: Floats, random: Random, snr_db: tuple[float, float]) -> Floats:
    """The samples and noise of a random ratio within `snr_db` and of a random colour. Same shape."""
    ratio, colour = random.uniform(*snr_db), random.uniform(0, 1)
    spectrum = np.fft.rfft(random.standard_normal(len(samples)))
    noise = np.fft.irfft(spectrum / np.maximum(np.arange(len(spectrum)), 1) ** colour, len(samples))
    wanted, found = np.square(samples).mean(), np.square(noise).mean()
    return np.asarray(samples + noise * np.sqrt(wanted / max(found, 1e-20)) * 10 ** (-ratio / 20))


def _make(options: Options) -> Change:
    return Change(5, lambda samples, random: changed(samples, random, options.snr_db))


CHANGE = Configurable(Options, _make)
