"""Every layer of a pretrained speech encoder: mean and standard deviation over time of its hidden states.

One row an utterance: of each layer, the first of them what enters the first layer, dim means and dim standard
deviations. Needs the extra `encoders`.
"""

from collections.abc import Sequence

import numpy as np

from zoo import encoders
from zoo.errors import WRONG_USAGE, ZooError
from zoo.inputs.contract import Computed, Input, Samples
from zoo.inputs.grid import Grid
from zoo.study.configured import Configurable
from zoo.study.section import Section

GRID = Grid(bits=10)  # as many as half precision keeps


class Options(Section):
    """checkpoint: a name on the hub, with a commit there as revision, or a folder. sha256: that of its weights."""

    checkpoint: str = "openai/whisper-base"
    revision: str | None = None
    sha256: str | None = None


def _make(options: Options) -> Input:
    checkpoint = encoders.find(options.checkpoint, options.revision, options.sha256)
    family = encoders.family_of(checkpoint)
    num_states, dim, _ = encoders.get(family).sizes(checkpoint.config)

    def compute(utterances: Sequence[Samples]) -> list[Computed]:
        from zoo.encoders.hidden_states import hidden_states

        encoder = encoders.loaded(checkpoint)
        if (encoder.num_states, encoder.dim) != (num_states, dim):
            raise ZooError(
                f"{checkpoint.name} has {encoder.num_states} x {encoder.dim} hidden states, not {num_states} x {dim}, "
                "as its config.json says",
                "download the checkpoint again",
                WRONG_USAGE,
            )
        found: dict[int, Computed] = {}
        for place, states in hidden_states(encoder, utterances):
            wide = states.astype(np.float64)
            found[place] = np.concatenate([wide.mean(axis=1), wide.std(axis=1)], axis=1).reshape(1, -1)
        return [found[place] for place in range(len(utterances))]

    return Input(
        kind="encoder_layers",
        num_dims=num_states * 2 * dim,
        frames_per_s=None,
        facts={
            "family": family,
            "weights": encoders.sha256_of(checkpoint),
            "num_layers": num_states,
            "pooling": "mean and std",
        },
        compute=compute,
        grid=GRID,
        exportable=False,
        costly=True,
        gives={"num_layers": num_states},
        base=encoders.base_of(checkpoint),
    )


INPUT = Configurable(Options, _make)
