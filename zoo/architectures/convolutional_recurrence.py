"""The network shared by cnn_lstm and cnn_gru: convolutions over time and frequency, then recurrence over time."""

from dataclasses import dataclass

from torch import Tensor, nn

from zoo.architectures.contract import Architecture
from zoo.architectures.pooling import AttentionPooling
from zoo.architectures.recurrence import Cell, Recurrence
from zoo.architectures.residual import ResidualStack

BLOCKS = ((1, (2, 2)), (2, (1, 2)))  # 40 ms a step, as in the recurrent networks


@dataclass(frozen=True)
class Hyperparameters:
    width: int = 16
    hidden: int = 64
    dropout: float = 0.1


class ConvolutionalRecurrentNetwork(nn.Module):
    """Residual convolutions, bidirectional recurrence, attention pooling: (B, T, D), (B,) -> (B, E)."""

    def __init__(self, cell: Cell, num_dims: int, settings: Hyperparameters) -> None:
        super().__init__()
        self.stack = ResidualStack(num_dims, settings.width, BLOCKS)
        self.recurrence = Recurrence(cell, self.stack.size, settings.hidden, 1, settings.dropout)
        self.pooling = AttentionPooling(self.recurrence.size)
        self.dropout = nn.Dropout(settings.dropout)
        self.embedding_size = 2 * self.recurrence.size

    def forward(self, inputs: Tensor, lengths: Tensor) -> Tensor:
        """Frames beyond the lengths are ignored."""
        frames, lengths = self.stack(inputs, lengths)
        frames = self.recurrence(self.dropout(frames), lengths)
        embedding: Tensor = self.dropout(self.pooling(frames, lengths))
        return embedding


def architecture(name: str, cell: Cell) -> Architecture:
    """The network with these cells, with the same search space for all."""

    def network(num_dims: int, settings: Hyperparameters) -> ConvolutionalRecurrentNetwork:
        return ConvolutionalRecurrentNetwork(cell, num_dims, settings)

    return Architecture(
        name=name,
        hyperparameters=Hyperparameters,
        network=network,
        search_space={"width": (16, 24, 32), "hidden": (48, 64, 96), "dropout": (0.05, 0.1, 0.2, 0.3)},
        kinds=frozenset({"bands"}),
        bfloat16=cell == "lstm",  # the fast GRU of processors is one of float32
    )
