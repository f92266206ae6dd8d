"""Mel-frequency cepstral coefficients: 40 of the 64 log-mel bands, with first and second deltas unless they are off."""

from zoo.inputs import deltas, log_mel, spectrum
from zoo.inputs.contract import Computed, Input, Samples, each
from zoo.study.configured import Configurable
from zoo.study.section import Section

N_MFCC = 40


class Options(Section):
    """deltas: whether the first and second deltas follow the coefficients."""

    deltas: bool = True


def _make(options: Options) -> Input:
    orders = 2 if options.deltas else 0

    def compute(samples: Samples) -> Computed:
        return deltas.with_deltas(spectrum.cepstrum(log_mel.bands(samples), N_MFCC), orders)

    return Input(
        kind="coefficients",
        num_dims=(1 + orders) * N_MFCC,
        frames_per_s=log_mel.FRAMES_PER_S,
        facts={**log_mel.FRAMING.facts, "n_mfcc": N_MFCC, **deltas.facts_of(orders)},
        compute=each(compute),
        grid=log_mel.GRID,
    )


INPUT = Configurable(Options, _make)
