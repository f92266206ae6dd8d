"""The architecture svm on layers of a frozen encoder."""

from dataclasses import dataclass

from torch import Tensor, nn

from zoo.architectures import svm
from zoo.architectures.contract import Architecture, Matrix
from zoo.architectures.layers import POOLINGS, chosen, pooled


@dataclass(frozen=True)
class Hyperparameters:
    """c: see svm. first, last: of the layers, as shares of the depth. pooling: mean, or mean_std. num_layers: given by
    the input."""

    c: float = 1e-3
    first: float = 0.5
    last: float = 1.0
    pooling: str = "mean_std"
    num_layers: int = 1


class Network(nn.Module):
    """(B, 1, num_layers * 2 * dim), (B,) -> (B, E)."""

    def __init__(self, num_dims: int, settings: Hyperparameters) -> None:
        super().__init__()
        if settings.pooling not in POOLINGS:
            raise ValueError(f"pooling = {settings.pooling!r}: one of {', '.join(POOLINGS)}")
        self.num_layers, self.pooling = settings.num_layers, settings.pooling
        self.layers = chosen(settings.num_layers, settings.first, settings.last)
        share = 1 if settings.pooling == "mean_std" else 2
        self.embedding_size = num_dims // settings.num_layers * len(self.layers) // share

    def forward(self, inputs: Tensor, lengths: Tensor) -> Tensor:
        """The chosen layers of the row."""
        return pooled(inputs[:, 0], self.num_layers, self.layers, self.pooling)


def solve(settings: Hyperparameters, embeddings: Matrix, shares: Matrix, seed: int) -> tuple[Matrix, Matrix]:
    """As svm."""
    return svm.solve(svm.Hyperparameters(settings.c), embeddings, shares, seed)


ARCHITECTURE = Architecture(
    name="layer_svm",
    hyperparameters=Hyperparameters,
    network=Network,
    search_space={
        "c": (1e-5, 1e-4, 1e-3, 1e-2),
        "first": (0.0, 0.5, 0.75, 1.0),
        "pooling": POOLINGS,
    },
    kinds=frozenset({"encoder_layers"}),
    solve=solve,
)
