"""A convolutional network over time with attention pooling."""

from dataclasses import dataclass

from torch import Tensor, nn

from zoo.architectures.contract import FRAMES, Architecture
from zoo.architectures.convolutions import ConvolutionStack
from zoo.architectures.pooling import AttentionPooling

KERNELS = ((5, 2), (5, 2), (3, 1))


@dataclass(frozen=True)
class Hyperparameters:
    width: int = 128
    dropout: float = 0.1


class Network(nn.Module):
    """(B, T, D), (B,) -> (B, E)."""

    def __init__(self, num_dims: int, settings: Hyperparameters) -> None:
        super().__init__()
        self.stack = ConvolutionStack(num_dims, settings.width, KERNELS, settings.dropout)
        self.pooling = AttentionPooling(settings.width)
        self.dropout = nn.Dropout(settings.dropout)
        self.embedding_size = 2 * settings.width

    def forward(self, inputs: Tensor, lengths: Tensor) -> Tensor:
        """Frames beyond the lengths are ignored."""
        frames, lengths = self.stack(inputs, lengths)
        embedding: Tensor = self.dropout(self.pooling(frames, lengths))
        return embedding


ARCHITECTURE = Architecture(
    name="cnn",
    hyperparameters=Hyperparameters,
    network=Network,
    search_space={"width": (96, 128, 160), "dropout": (0.05, 0.1, 0.2, 0.3)},
    kinds=FRAMES,
    bfloat16=True,
)
