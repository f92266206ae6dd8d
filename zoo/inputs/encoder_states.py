"""A hidden state of a pretrained speech encoder, frame by frame, for models that adapt the layers after it.

The layers before it are never trained, so they run once. Needs the extra `encoders`.
"""

from zoo.errors import WRONG_USAGE, ZooError
from zoo.inputs import of_encoder
from zoo.inputs.contract import Input
from zoo.study.configured import Configurable


class Options(of_encoder.Options):
    """layer: after how many layers; negative: before the last ones, so that -3 leaves three to be trained."""

    layer: int = -3


def _make(options: Options) -> Input:
    found = of_encoder.source(options)
    num_states, dim, frames_per_s = found.sizes
    layer = options.layer if options.layer >= 0 else num_states - 1 + options.layer
    if not 0 <= layer < num_states - 1:
        raise ZooError(
            f"layer = {options.layer}, but {found.checkpoint.name} has {num_states - 1} layers",
            f"0 to {num_states - 2}, or -1 to {1 - num_states}",
            WRONG_USAGE,
        )
    return Input(
        kind="encoder_states",
        num_dims=dim,
        frames_per_s=frames_per_s,
        facts={**found.facts, "layer": layer},
        compute=found.rows(lambda states: states[layer]),
        grid=of_encoder.GRID,
        exportable=False,
        costly=True,
        gives={
            "checkpoint": found.checkpoint.name,
            "revision": found.checkpoint.revision or "",
            "sha256": found.base["sha256"],
            "layer": layer,
        },
        base=found.base,
        configuration=found.checkpoint.configuration,
    )


INPUT = Configurable(Options, _make)
