"""Convolutions over time, a bidirectional LSTM on their output, and attention pooling."""

from dataclasses import dataclass

from torch import Tensor, nn

from zoo.architectures.contract import FRAMES, Architecture
from zoo.architectures.convolutions import ConvolutionStack
from zoo.architectures.pooling import AttentionPooling
from zoo.architectures.recurrence import Recurrence

KERNELS = ((5, 2), (5, 2))


@dataclass(frozen=True)
class Hyperparameters:
    width: int = 128
    hidden: int = 64
    dropout: float = 0.1


class Network(nn.Module):
    """(B, T, D), (B,) -> (B, E)."""

    def __init__(self, num_dims: int, settings: Hyperparameters) -> None:
        super().__init__()
        self.stack = ConvolutionStack(num_dims, settings.width, KERNELS, settings.dropout)
        self.recurrence = Recurrence("lstm", settings.width, settings.hidden, 1, settings.dropout)
        self.pooling = AttentionPooling(2 * settings.hidden)
        self.dropout = nn.Dropout(settings.dropout)
        self.embedding_size = 4 * settings.hidden

    def forward(self, inputs: Tensor, lengths: Tensor) -> Tensor:
        """Frames beyond the lengths are ignored."""
        frames, lengths = self.stack(inputs, lengths)
        frames = self.recurrence(frames, lengths)
        embedding: Tensor = self.dropout(self.pooling(frames, lengths))
        return embedding


ARCHITECTURE = Architecture(
    name="cnn_lstm",
    hyperparameters=Hyperparameters,
    network=Network,
    search_space={"width": (96, 128, 160), "hidden": (48, 64, 96), "dropout": (0.05, 0.1, 0.2, 0.3)},
    kinds=FRAMES,
    bfloat16=True,
)
