"""The task's head alone, a linear layer, on one row of numbers an utterance."""

from dataclasses import dataclass

from torch import Tensor, nn

from zoo.architectures.contract import ROW, Architecture


@dataclass(frozen=True)
class Hyperparameters:
    dropout: float = 0.1


class Network(nn.Module):
    """(B, 1, D), (B,) -> (B, D)."""

    def __init__(self, num_dims: int, settings: Hyperparameters) -> None:
        super().__init__()
        self.dropout = nn.Dropout(settings.dropout)
        self.embedding_size = num_dims

    def forward(self, inputs: Tensor, lengths: Tensor) -> Tensor:
        """The row itself."""
        embedding: Tensor = self.dropout(inputs[:, 0])
        return embedding


ARCHITECTURE = Architecture(
    name="linear",
    hyperparameters=Hyperparameters,
    network=Network,
    search_space={"dropout": (0.0, 0.1, 0.2, 0.3, 0.5)},
    kinds=ROW,
)
