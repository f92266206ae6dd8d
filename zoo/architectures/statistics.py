"""The baseline: mean and standard deviation of every band over time, and a linear layer."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from zoo.architectures.contract import Architecture
from zoo.architectures.recogniser import mask


@dataclass(frozen=True)
class Hyperparameters:
    dropout: float = 0.1


class Network(nn.Module):
    """(B, T, D) -> logits (B, C)."""

    def __init__(self, num_dims: int, num_classes: int, settings: Hyperparameters) -> None:
        super().__init__()
        self.dropout = nn.Dropout(settings.dropout)
        self.output = nn.Linear(2 * num_dims, num_classes)

    def forward(self, inputs: Tensor, lengths: Tensor) -> Tensor:
        """Frames beyond the lengths are ignored."""
        inside = mask(lengths, inputs.shape[1])[..., None]
        count = lengths[:, None]
        mean = (inputs * inside).sum(dim=1) / count
        variance = ((inputs - mean[:, None]).square() * inside).sum(dim=1) / count
        logits: Tensor = self.output(self.dropout(torch.cat([mean, (variance + 1e-5).sqrt()], dim=1)))
        return logits


ARCHITECTURE = Architecture(
    name="statistics",
    hyperparameters=Hyperparameters,
    network=Network,
    search_space={"dropout": (0.0, 0.1, 0.2, 0.3, 0.5)},
    front_ends=("log_mel", "log_mel_levelled", "mfcc"),
)
