"""A learned mean of an encoder's layers in every frame, then attention pooling over time."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from zoo.architectures.contract import Architecture
from zoo.architectures.layer_probe import FORMS
from zoo.architectures.pooling import AttentionPooling


@dataclass(frozen=True)
class Hyperparameters:
    """hidden: units of a layer between both; form: linear (there is none) or hidden. num_layers: given by the input."""

    form: str = "linear"
    hidden: int = 128
    dropout: float = 0.3
    num_layers: int = 1


class Network(nn.Module):
    """(B, T, num_layers * dim), (B,) -> (B, E)."""

    def __init__(self, num_dims: int, settings: Hyperparameters) -> None:
        super().__init__()
        if settings.form not in FORMS:
            raise ValueError(f"form = {settings.form!r}: one of {', '.join(FORMS)}")
        size = num_dims // settings.num_layers
        self.weights = nn.Parameter(torch.zeros(settings.num_layers))
        self.dropout = nn.Dropout(settings.dropout)
        self.hidden = nn.Linear(size, settings.hidden) if settings.form == "hidden" else None
        pooled = size if self.hidden is None else settings.hidden
        self.pooling = AttentionPooling(pooled)
        self.embedding_size = 2 * pooled

    def forward(self, inputs: Tensor, lengths: Tensor) -> Tensor:
        """The weights of the layers add up to 1."""
        frames = inputs.reshape(*inputs.shape[:2], len(self.weights), -1)
        mixed = self.dropout(self.weights.softmax(0) @ frames)
        if self.hidden is not None:
            mixed = torch.relu(self.hidden(mixed))
        pooled: Tensor = self.dropout(self.pooling(mixed, lengths))
        return pooled


ARCHITECTURE = Architecture(
    name="layer_attention",
    hyperparameters=Hyperparameters,
    network=Network,
    search_space={"form": FORMS, "hidden": (128, 256), "dropout": (0.1, 0.3, 0.5)},
    kinds=frozenset({"encoder_frames"}),
)
