"""The baseline: mean and standard deviation of every band over time, and a linear layer."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from zoo.architectures.contract import FRAMES, Architecture
from zoo.architectures.recogniser import mask


@dataclass(frozen=True)
class Hyperparameters:
    dropout: float = 0.1


class Network(nn.Module):
    """(B, T, D), (B,) -> (B, E)."""

    def __init__(self, num_dims: int, settings: Hyperparameters) -> None:
        super().__init__()
        self.dropout = nn.Dropout(settings.dropout)
        self.embedding_size = 2 * num_dims

    def forward(self, inputs: Tensor, lengths: Tensor) -> Tensor:
        """Frames beyond the lengths are ignored."""
        inside = mask(lengths, inputs.shape[1])[..., None]
        count = lengths[:, None]
        mean = (inputs * inside).sum(dim=1) / count
        variance = ((inputs - mean[:, None]).square() * inside).sum(dim=1) / count
        embedding: Tensor = self.dropout(torch.cat([mean, (variance + 1e-5).sqrt()], dim=1))
        return embedding


ARCHITECTURE = Architecture(
    name="statistics",
    hyperparameters=Hyperparameters,
    network=Network,
    search_space={"dropout": (0.0, 0.1, 0.2, 0.3, 0.5)},
    kinds=FRAMES,
)
