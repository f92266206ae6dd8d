"""WavLM (Chen et al. 2021, arXiv 2110.13900).

Its attention reads the weights of its projections directly, past any module that is put in their place: a low-rank
change there would get no gradient, silently. So it is adapted in its feed-forward parts alone.
"""

from dataclasses import replace
from typing import Any

from torch import Tensor

from zoo.encoders import wave
from zoo.encoders.checkpoint import Checkpoint
from zoo.encoders.contract import Encoder, Family


class Tail(wave.Tail):
    """The first layer's positions are those of all layers."""

    def __init__(self, module: Any, first: int) -> None:
        super().__init__(module, first)
        self.first = module.encoder.layers[0].attention

    def forward(self, hidden: Tensor, lengths: Tensor) -> list[Tensor]:
        """(B, T, dim), (B,) -> after each layer."""
        size, mask = hidden.shape[1], wave.mask_of(lengths, hidden.shape[1])
        bias, found = self.first.compute_bias(size, size).repeat(len(hidden), 1, 1), []
        for number, layer in enumerate(self.layers, 1):
            hidden, _ = layer(hidden, attention_mask=mask, position_bias=bias, index=number)
            found.append(hidden)
        return [*found[:-1], self.layer_norm(found[-1])]


def _load(checkpoint: Checkpoint) -> Encoder:
    from transformers import WavLMModel

    found = wave.load(WavLMModel, checkpoint, Tail)
    targets = {"feed_forward": wave.TARGETS["feed_forward"]}
    return replace(found, targets=targets, scaled=found.scaled_inputs)


FAMILY = Family(("wavlm",), wave.sizes, wave.own, _load)
