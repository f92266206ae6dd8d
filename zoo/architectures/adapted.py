"""The last layers of a pretrained encoder, adapted; a learned mean of their states; attention pooling over time.

The encoder's own weights are not part of the network's state: a release holds what was added to them or changed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
import torch.utils.checkpoint
from torch import Tensor, nn

from zoo import adaptation, encoders
from zoo.adaptation.contract import Settings
from zoo.architectures.contract import MAX_OF_ENCODER, Architecture
from zoo.architectures.pooling import AttentionPooling


@dataclass(frozen=True)
class Hyperparameters:
    """adaptation: a way of zoo/adaptation/; place and rank: see there. encoder_rate: learning rate of the encoder's
    weights, as a share of the others'. checkpointing: keep only what enters each of the encoder's layers and compute
    the layer again in the backward pass, which saves memory and changes no result. checkpoint, revision, sha256,
    layer: given by the input."""

    adaptation: str = "lora"
    place: str = ""
    rank: int = 8
    encoder_rate: float = 0.2
    dropout: float = 0.1
    checkpointing: bool = False
    checkpoint: str = ""
    revision: str = ""
    sha256: str = ""
    layer: int = 0


class Network(nn.Module):
    """(B, T, dim), (B,) -> (B, 2 * dim)."""

    max_parameters = MAX_OF_ENCODER

    def __init__(self, num_dims: int, settings: Hyperparameters) -> None:
        super().__init__()
        if settings.encoder_rate <= 0:
            raise ValueError(f"encoder_rate = {settings.encoder_rate}: greater than 0")
        known = encoders.find(settings.checkpoint, settings.revision or None, settings.sha256 or None)
        encoder = encoders.loaded(known)
        if encoder.tail is None:
            raise ValueError(f"zoo does not know the layers of {settings.checkpoint}, so it cannot adapt them")
        self.tail = encoder.tail(settings.layer)
        for parameter in self.tail.parameters():
            parameter.requires_grad = False
        adaptation.get(settings.adaptation).apply(self.tail, encoder, Settings(settings.place, settings.rank))
        if settings.checkpointing:
            _save_memory(self.tail)
        self.weights = nn.Parameter(torch.zeros(encoder.num_states - settings.layer))
        self.dropout = nn.Dropout(settings.dropout)
        self.pooling = AttentionPooling(num_dims)
        self.embedding_size = 2 * num_dims
        self.encoder_rate = settings.encoder_rate
        self._register_state_dict_hook(_without_frozen)  # type: ignore[no-untyped-call]
        self.register_load_state_dict_post_hook(_frozen_are_not_missing)  # type: ignore[no-untyped-call]

    def forward(self, inputs: Tensor, lengths: Tensor) -> Tensor:
        """The weights of the states add up to 1."""
        states = torch.stack([inputs, *self.tail(inputs, lengths)])
        mixed = (states * self.weights.softmax(0)[:, None, None, None]).sum(0)
        pooled: Tensor = self.pooling(self.dropout(mixed), lengths)
        return pooled

    def slower(self) -> Iterator[tuple[nn.Parameter, float]]:
        """The weights that learn at another rate, and the share."""
        return ((parameter, self.encoder_rate) for parameter in self.tail.parameters() if parameter.requires_grad)


def _save_memory(tail: nn.Module) -> None:
    """Checkpoint each layer (Chen et al. 2016, arXiv 1604.06174): transformers' layers do so in training alone."""
    again = partial(torch.utils.checkpoint.checkpoint, use_reentrant=False)
    for layer in tail.layers:  # type: ignore[union-attr]
        layer.gradient_checkpointing, layer._gradient_checkpointing_func = True, again


def _frozen(network: Network) -> set[str]:
    return {f"tail.{name}" for name, parameter in network.tail.named_parameters() if not parameter.requires_grad}


def _without_frozen(network: Network, state: dict[str, Any], prefix: str, _: object) -> None:
    for name in _frozen(network):
        del state[prefix + name]


def _frozen_are_not_missing(network: Network, found: Any) -> None:
    frozen = _frozen(network)
    found.missing_keys[:] = [name for name in found.missing_keys if name.partition("network.")[2] not in frozen]


ARCHITECTURE = Architecture(
    name="adapted",
    hyperparameters=Hyperparameters,
    network=Network,
    search_space={"rank": (4, 8, 16), "encoder_rate": (0.1, 0.2, 0.5), "dropout": (0.1, 0.3)},
    kinds=frozenset({"encoder_states"}),
    raw=True,
)
