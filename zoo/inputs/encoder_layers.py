"""Every layer of a pretrained speech encoder: mean and standard deviation over time of its hidden states.

One row an utterance: of each layer, the first of them what enters the first layer, dim means and dim standard
deviations. Needs the extra `encoders`.
"""

import numpy as np

from zoo.inputs.contract import Computed, Input
from zoo.inputs.of_encoder import GRID, Options, source
from zoo.study.configured import Configurable


def _make(options: Options) -> Input:
    found = source(options)
    num_states, dim, _ = found.sizes

    def row(states: Computed) -> Computed:
        wide = states.astype(np.float64)
        return np.concatenate([wide.mean(axis=1), wide.std(axis=1)], axis=1).reshape(1, -1)

    return Input(
        kind="encoder_layers",
        num_dims=num_states * 2 * dim,
        frames_per_s=None,
        facts={**found.facts, "num_layers": num_states, "pooling": "mean and std"},
        compute=found.rows(row),
        grid=GRID,
        exportable=False,
        costly=True,
        gives={"num_layers": num_states},
        base=found.base,
        configuration=found.checkpoint.configuration,
    )


INPUT = Configurable(Options, _make)
