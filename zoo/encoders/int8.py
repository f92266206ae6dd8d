"""Linear layers in 8-bit integers: an encoder that is faster on a processor, with not quite the same hidden states.

Weights are rounded once, every output's with a scale of their own. What a layer is given is rounded each time, between
its least and its largest number, so an utterance must be alone. Products are added up as integers, which is the same on
any number of threads. torch has kernels for it on processors alone.
"""

import warnings
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor, nn

from zoo.encoders.contract import Encoder
from zoo.errors import WRONG_USAGE, ZooError

LARGEST = 127
RATE_HZ = 16_000


class Linear(nn.Module):
    """(..., in) -> (..., out), both float32."""

    def __init__(self, plain: nn.Linear) -> None:
        super().__init__()
        weights = plain.weight.detach()
        scales = (weights.abs().amax(dim=1) / LARGEST).clamp(min=torch.finfo(weights.dtype).eps)
        zeros = torch.zeros(len(scales), dtype=torch.long)
        with warnings.catch_warnings():
            # torch announces that it will remove such tensors, but its own kernels take no others, and those of torchao
            # would be another package: once they are gone, this is the file to change
            warnings.simplefilter("ignore")
            rounded = torch.quantize_per_channel(weights, scales, zeros, 0, torch.qint8)
        self.packed = torch.ops.quantized.linear_prepack(rounded, plain.bias)

    def forward(self, heard: Tensor) -> Tensor:
        """heard is rounded to 7 bits: with 8, older processors overflow where they add two products."""
        found: Tensor = torch.ops.quantized.linear_dynamic(heard, self.packed, reduce_range=True)
        return found


def in_int8(encoder: Encoder) -> Encoder:
    """The encoder, its module changed: to compute its hidden states, not to be adapted.

    Raises ZooError where torch has no kernels for it.
    """
    if torch.backends.quantized.engine == "none":
        raise ZooError(
            "torch has no kernels for int8 on this machine (torch.backends.quantized.engine is none)",
            "remove `int8: true` and compute the input anew, or use another machine: the rows are not those of float32",
            WRONG_USAGE,
        )
    called = _called(encoder)
    for parent in list(encoder.module.modules()):
        for name, child in parent.named_children():
            if child in called:
                setattr(parent, name, Linear(child))
    return replace(encoder, int8=True, tail=None)


def _called(encoder: Encoder) -> set[nn.Linear]:
    """The linear layers that run as modules. Others, as in WavLM's attention, have their weights read by what is around
    them, so they stay in float32."""
    found: set[nn.Linear] = set()
    linear = [module for module in encoder.module.modules() if type(module) is nn.Linear]
    hooks = [module.register_forward_hook(lambda module, *_: found.add(module)) for module in linear]
    with torch.inference_mode():
        encoder.states(encoder.module, *encoder.prepare([np.zeros(RATE_HZ, np.float32)]))
    for hook in hooks:
        hook.remove()
    return found
