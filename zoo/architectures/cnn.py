"""Residual convolutions (He et al. 2016, arXiv 1512.03385) over time and frequency, attention pooling over time."""

from dataclasses import dataclass

from torch import Tensor, nn

from zoo.architectures.contract import Architecture
from zoo.architectures.pooling import AttentionPooling
from zoo.architectures.residual import ResidualStack

BLOCKS = ((1, (2, 2)), (2, (2, 2)), (4, (1, 2)))


@dataclass(frozen=True)
class Hyperparameters:
    width: int = 16
    dropout: float = 0.1


class Network(nn.Module):
    """(B, T, D), (B,) -> (B, E)."""

    def __init__(self, num_dims: int, settings: Hyperparameters) -> None:
        super().__init__()
        self.stack = ResidualStack(num_dims, settings.width, BLOCKS)
        self.pooling = AttentionPooling(self.stack.size)
        self.dropout = nn.Dropout(settings.dropout)
        self.embedding_size = 2 * self.stack.size

    def forward(self, inputs: Tensor, lengths: Tensor) -> Tensor:
        """Frames beyond the lengths are ignored."""
        frames, lengths = self.stack(inputs, lengths)
        embedding: Tensor = self.dropout(self.pooling(self.dropout(frames), lengths))
        return embedding


ARCHITECTURE = Architecture(
    name="cnn",
    hyperparameters=Hyperparameters,
    network=Network,
    search_space={"width": (16, 24, 32), "dropout": (0.05, 0.1, 0.2, 0.3)},
    kinds=frozenset({"bands"}),
    bfloat16=True,
)
