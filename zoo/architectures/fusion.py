"""Two linear heads, one on each part of a joined input; the weighted sum of their log-probabilities.

Softmax of w z_a + (1 - w) z_b is that sum after renormalisation, so both heads together are one linear layer. Outputs
of different heads have different scales; each head's are divided by their std over the utterances that it was fitted
to, after the mean over classes is taken from each, which no softmax hears.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from zoo.architectures import layers, logistic, ridge, svm
from zoo.architectures.contract import Architecture, Matrix
from zoo.architectures.scikit import NEVER, Row

Head = tuple[Matrix, Matrix]  # weight (C, E), bias (C,)
PLACES = ("first", "second", "neither")


@dataclass(frozen=True)
class Hyperparameters(layers.Chosen):
    """weight: 0 to 1, the share of the first part (a); the second one (b) has the rest. head_a, head_b: logistic, ridge
    or svm. c_a, c_b: the weight of errors against that of small weights, as c of `svm`; it is alpha = 1 / (2 c E) of
    `ridge` on E numbers. first, last, pooling: of the part that has layers of an encoder.

    Given by the input: split, how many numbers the first part has, and encoder, which part has layers: first, second or
    neither.
    """

    weight: float = 0.7
    head_a: str = "ridge"
    c_a: float = 1e-3
    head_b: str = "svm"
    c_b: float = 1e-3
    split: int = 1
    encoder: str = "neither"


class Network(nn.Module):
    """What the heads take of both parts, side by side: (B, 1, D), (B,) -> (B, E)."""

    def __init__(self, num_dims: int, settings: Hyperparameters) -> None:
        super().__init__()
        for name in ("head_a", "head_b"):
            if (head := getattr(settings, name)) not in HEADS:
                raise ValueError(f"{name} = {head!r}: one of {', '.join(HEADS)}")
        if settings.encoder not in PLACES:
            raise ValueError(f"encoder = {settings.encoder!r}: one of {', '.join(PLACES)}")
        if not 0 <= settings.weight <= 1:
            raise ValueError(f"weight = {settings.weight}: 0 to 1")
        if min(settings.c_a, settings.c_b) <= 0:
            raise ValueError("c_a and c_b are greater than 0")
        self.split = settings.split
        self.a = _taken(settings.split, settings, settings.encoder == "first")
        self.b = _taken(num_dims - settings.split, settings, settings.encoder == "second")
        self.embedding_size = int(self.a.embedding_size) + int(self.b.embedding_size)  # type: ignore[arg-type]

    def forward(self, inputs: Tensor, lengths: Tensor) -> Tensor:
        """An utterance has one row."""
        a, b = inputs[..., : self.split], inputs[..., self.split :]
        return torch.cat([self.a(a, lengths), self.b(b, lengths)], dim=1)


def _taken(num_dims: int, settings: Hyperparameters, has_layers: bool) -> nn.Module:
    return layers.Network(num_dims, settings) if has_layers else Row(num_dims, settings)


def solve(settings: Hyperparameters, embeddings: Matrix, shares: Matrix, seed: int) -> Head:
    """One head for both parts; see `Solve` in zoo.architectures.contract."""
    size = int(_taken(settings.split, settings, settings.encoder == "first").embedding_size)  # type: ignore[arg-type]
    a, b = embeddings[:, :size], embeddings[:, size:]
    weight_a, bias_a = _scaled(HEADS[settings.head_a](settings.c_a, a, shares, seed), a, shares)
    weight_b, bias_b = _scaled(HEADS[settings.head_b](settings.c_b, b, shares, seed), b, shares)
    share = settings.weight
    bias = np.where(shares.any(axis=0), share * bias_a + (1 - share) * bias_b, NEVER)
    return np.concatenate([share * weight_a, (1 - share) * weight_b], axis=1), bias


def _scaled(head: Head, embeddings: Matrix, shares: Matrix) -> Head:
    """The head, its outputs for the classes that occur divided by their std."""
    weight, bias = head
    occur = shares.any(axis=0)
    outputs = embeddings @ weight[occur].T + bias[occur]
    std = (outputs - outputs.mean(axis=1, keepdims=True)).std() or 1.0  # of one class, which is always answered
    return weight / std, bias / std


def _logistic(c: float, embeddings: Matrix, shares: Matrix, seed: int) -> Head:
    return logistic.solve(logistic.Hyperparameters(c), embeddings, shares, seed)


def _ridge(c: float, embeddings: Matrix, shares: Matrix, seed: int) -> Head:
    return ridge.solve(ridge.Hyperparameters(1 / (2 * c * embeddings.shape[1])), embeddings, shares, seed)


def _svm(c: float, embeddings: Matrix, shares: Matrix, seed: int) -> Head:
    return svm.solve(svm.Hyperparameters(c), embeddings, shares, seed)


HEADS: dict[str, Callable[[float, Matrix, Matrix, int], Head]] = {"logistic": _logistic, "ridge": _ridge, "svm": _svm}
ARCHITECTURE = Architecture(
    name="fusion",
    hyperparameters=Hyperparameters,
    network=Network,
    search_space={
        "weight": (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9),
        "c_a": svm.ARCHITECTURE.search_space["c"],
        "c_b": svm.ARCHITECTURE.search_space["c"],
        **layers.SEARCH_SPACE,
    },
    kinds=frozenset({"joined"}),
    solve=solve,
)
