"""The network shared by lstm, bilstm, gru and bigru."""

from dataclasses import dataclass

from torch import Tensor, nn

from zoo.architectures.contract import FRAMES, Architecture
from zoo.architectures.frame_groups import FrameGroups
from zoo.architectures.pooling import AttentionPooling
from zoo.architectures.recurrence import Cell, Recurrence

WIDTH = 96  # of the projected frame groups


@dataclass(frozen=True)
class Hyperparameters:
    hidden: int = 64
    layers: int = 1
    dropout: float = 0.1


class RecurrentNetwork(nn.Module):
    """A projection of frame groups, recurrence, attention pooling: (B, T, D), (B,) -> (B, E)."""

    def __init__(self, cell: Cell, bidirectional: bool, num_dims: int, settings: Hyperparameters) -> None:
        super().__init__()
        self.input = FrameGroups(num_dims, WIDTH, settings.dropout)
        self.recurrence = Recurrence(
            cell, WIDTH, settings.hidden, settings.layers, settings.dropout, bidirectional=bidirectional
        )
        self.pooling = AttentionPooling(self.recurrence.size)
        self.dropout = nn.Dropout(settings.dropout)
        self.embedding_size = 2 * self.recurrence.size

    def forward(self, inputs: Tensor, lengths: Tensor) -> Tensor:
        """Frames beyond the lengths are ignored."""
        frames, lengths = self.input(inputs, lengths)
        embedding: Tensor = self.dropout(self.pooling(self.recurrence(frames, lengths), lengths))
        return embedding


def architecture(name: str, cell: Cell, bidirectional: bool) -> Architecture:
    """The network with these cells, with the same search space for all."""

    def network(num_dims: int, settings: Hyperparameters) -> RecurrentNetwork:
        return RecurrentNetwork(cell, bidirectional, num_dims, settings)

    return Architecture(
        name=name,
        hyperparameters=Hyperparameters,
        network=network,
        search_space={"hidden": (48, 64, 96), "layers": (1, 2), "dropout": (0.05, 0.1, 0.2, 0.3)},
        kinds=FRAMES,
    )
