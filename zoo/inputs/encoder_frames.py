"""Some layers of a pretrained speech encoder, frame by frame, for models that choose what to listen to over time.

A row a frame: the layers side by side, dim numbers each. Needs the extra `encoders`.
"""

from typing import Annotated

import numpy as np
from pydantic import Field

from zoo.errors import WRONG_USAGE, ZooError
from zoo.inputs import of_encoder
from zoo.inputs.contract import Input
from zoo.study.configured import Configurable


class Options(of_encoder.Options):
    """layers: numbers of hidden states, 0 being what enters the first layer; -1 is the last one."""

    layers: Annotated[list[int], Field(min_length=1)] = Field(default=[-5, -4, -3, -2])


def _make(options: Options) -> Input:
    found = of_encoder.source(options)
    num_states, dim, frames_per_s = found.sizes
    if odd := [layer for layer in options.layers if not -num_states <= layer < num_states]:
        raise ZooError(
            f"layers names {odd[0]}, but {found.checkpoint.name} has {num_states} hidden states",
            f"0 to {num_states - 1}, or -1 to {-num_states}",
            WRONG_USAGE,
        )
    layers = sorted({layer % num_states for layer in options.layers})
    if len(layers) < len(options.layers):
        raise ZooError(f"layers = {options.layers} names one twice", "name each once", WRONG_USAGE)
    return Input(
        kind="encoder_frames",
        num_dims=len(layers) * dim,
        frames_per_s=frames_per_s,
        facts={**found.facts, "layers": layers},
        compute=found.rows(lambda states: np.concatenate(states[layers], axis=1)),
        grid=of_encoder.GRID,
        exportable=False,
        costly=True,
        gives={"num_layers": len(layers)},
        base=found.base,
        configuration=found.checkpoint.configuration,
    )


INPUT = Configurable(Options, _make)
