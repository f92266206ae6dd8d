"""A multilayer perceptron (Rumelhart et al. 1986, doi 10.1038/323533a0) on one row of numbers an utterance."""

from dataclasses import dataclass
from itertools import pairwise

from torch import Tensor, nn

from zoo.architectures.contract import ROW, Architecture


@dataclass(frozen=True)
class Hyperparameters:
    hidden: int = 64
    layers: int = 1
    dropout: float = 0.3


class Network(nn.Module):
    """(B, 1, D), (B,) -> (B, hidden)."""

    def __init__(self, num_dims: int, settings: Hyperparameters) -> None:
        super().__init__()
        widths = [num_dims] + [settings.hidden] * settings.layers
        self.layers = nn.Sequential()
        for inputs, outputs in pairwise(widths):
            self.layers.extend([nn.Linear(inputs, outputs), nn.ReLU(), nn.Dropout(settings.dropout)])
        self.embedding_size = settings.hidden

    def forward(self, inputs: Tensor, lengths: Tensor) -> Tensor:
        """All layers on the row."""
        embedding: Tensor = self.layers(inputs[:, 0])
        return embedding


ARCHITECTURE = Architecture(
    name="mlp",
    hyperparameters=Hyperparameters,
    network=Network,
    search_space={"hidden": (32, 64, 128), "layers": (1, 2), "dropout": (0.1, 0.3, 0.5)},
    kinds=ROW,
)
