"""Log-mel energies: 64 bands, 25 ms windows every 10 ms, in dB re full scale, at least -100; first deltas if wanted."""

from zoo.audio import RATE_HZ
from zoo.inputs import deltas, spectrum
from zoo.inputs.contract import Computed, Input, Samples, each
from zoo.inputs.grid import Grid
from zoo.inputs.spectrum import Framing
from zoo.study.configured import Configurable
from zoo.study.section import Section

FRAMING = Framing(win_length=400, hop_length=160, n_fft=512, n_mels=64)
FRAMES_PER_S = RATE_HZ / FRAMING.hop_length
FACTS = FRAMING.facts | {"reference": "full_scale"}
GRID = Grid(step=1 / 64)  # dB; docs/inputs.md says why


class Options(Section):
    """deltas: whether the bands' first deltas follow them. Such frames are coefficients and no bands: neighbours are no
    longer adjacent frequencies, as masks of frequencies need them."""

    deltas: bool = False


def bands(samples: Samples) -> spectrum.Array:
    """The bands in dB: (1 + num_samples // hop_length, 64)."""
    return spectrum.decibels(spectrum.mel_power(samples, FRAMING))


def _make(options: Options) -> Input:
    if not options.deltas:
        return Input("bands", FRAMING.n_mels, FRAMES_PER_S, FACTS, each(bands), GRID)

    def compute(samples: Samples) -> Computed:
        return deltas.with_deltas(bands(samples), 1)

    facts = FACTS | deltas.facts_of(1)
    return Input("coefficients", 2 * FRAMING.n_mels, FRAMES_PER_S, facts, each(compute), GRID)


INPUT = Configurable(Options, _make)
