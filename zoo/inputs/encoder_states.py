"""A hidden state of a pretrained speech encoder, frame by frame, for models that adapt the layers after it.

The layers before it are never trained, so they run once. Needs the extra `encoders`.
"""

from collections.abc import Sequence

import numpy as np

from zoo import encoders
from zoo.errors import WRONG_USAGE, ZooError
from zoo.inputs.contract import Computed, Input, Samples
from zoo.inputs.encoder_layers import GRID
from zoo.study.configured import Configurable
from zoo.study.section import Section


class Options(Section):
    """checkpoint, revision, sha256: see encoder_layers. layer: after how many layers; negative: before the last ones,
    so that -3 leaves three to be trained."""

    checkpoint: str = "openai/whisper-base"
    revision: str | None = None
    sha256: str | None = None
    layer: int = -3


def _make(options: Options) -> Input:
    checkpoint = encoders.find(options.checkpoint, options.revision, options.sha256)
    family = encoders.family_of(checkpoint)
    num_states, dim, frames_per_s = encoders.get(family).sizes(checkpoint.config)
    layer = options.layer if options.layer >= 0 else num_states - 1 + options.layer
    if not 0 <= layer < num_states - 1:
        raise ZooError(
            f"layer = {options.layer}, but {checkpoint.name} has {num_states - 1} layers",
            f"0 to {num_states - 2}, or -1 to {1 - num_states}",
            WRONG_USAGE,
        )

    def compute(utterances: Sequence[Samples]) -> list[Computed]:
        from zoo.encoders.hidden_states import hidden_states

        found: dict[int, Computed] = {}
        for place, states in hidden_states(encoders.loaded(checkpoint), utterances):
            found[place] = np.asarray(states[layer])
        return [found[place] for place in range(len(utterances))]

    base = encoders.base_of(checkpoint)
    return Input(
        kind="encoder_states",
        num_dims=dim,
        frames_per_s=frames_per_s,
        facts={"family": family, "weights": base["sha256"], "layer": layer},
        compute=compute,
        grid=GRID,
        exportable=False,
        costly=True,
        gives={
            "checkpoint": checkpoint.name,
            "revision": checkpoint.revision or "",
            "sha256": base["sha256"],
            "layer": layer,
        },
        base=base,
    )


INPUT = Configurable(Options, _make)
