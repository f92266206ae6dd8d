"""Some layers of a pretrained speech encoder, frame by frame, for models that choose what to listen to over time.

A row a frame: the layers side by side, dim numbers each. Needs the extra `encoders`.
"""

from collections.abc import Sequence
from typing import Annotated

import numpy as np
from pydantic import Field

from zoo import encoders
from zoo.errors import WRONG_USAGE, ZooError
from zoo.inputs import encoder_layers
from zoo.inputs.contract import Computed, Input, Samples
from zoo.study.configured import Configurable


class Options(encoder_layers.Options):
    """layers: numbers of hidden states, 0 being what enters the first layer; -1 is the last one."""

    layers: Annotated[list[int], Field(min_length=1)] = Field(default=[-5, -4, -3, -2])


def _make(options: Options) -> Input:
    checkpoint = encoders.find(options.checkpoint, options.revision, options.sha256)
    family = encoders.family_of(checkpoint)
    num_states, dim, frames_per_s = encoders.get(family).sizes(checkpoint.config)
    if odd := [layer for layer in options.layers if not -num_states <= layer < num_states]:
        raise ZooError(
            f"layers names {odd[0]}, but {checkpoint.name} has {num_states} hidden states",
            f"0 to {num_states - 1}, or -1 to {-num_states}",
            WRONG_USAGE,
        )
    layers = sorted({layer % num_states for layer in options.layers})
    if len(layers) < len(options.layers):
        raise ZooError(f"layers = {options.layers} names one twice", "name each once", WRONG_USAGE)

    def compute(utterances: Sequence[Samples]) -> list[Computed]:
        from zoo.encoders.hidden_states import hidden_states

        found: dict[int, Computed] = {}
        for place, states in hidden_states(encoders.loaded(checkpoint), utterances):
            found[place] = np.concatenate([states[layer] for layer in layers], axis=1)
        return [found[place] for place in range(len(utterances))]

    return Input(
        kind="encoder_frames",
        num_dims=len(layers) * dim,
        frames_per_s=frames_per_s,
        facts={"family": family, "weights": encoders.sha256_of(checkpoint), "layers": layers},
        compute=compute,
        grid=encoder_layers.GRID,
        exportable=False,
        costly=True,
        gives={"num_layers": len(layers)},
        base=encoders.base_of(checkpoint),
    )


INPUT = Configurable(Options, _make)
