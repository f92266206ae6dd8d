"""Layers of an encoder out of one row that has them all, each with its mean and std over time, and heads on them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn

from zoo.architectures.contract import Architecture

POOLINGS = ("mean", "mean_std")


@dataclass(frozen=True)
class Chosen:
    """first, last: of the layers, as shares of the depth, 0 being what enters the first layer. pooling: mean, or
    mean_std. num_layers: of the encoder, given by the input."""

    first: float = 0.5
    last: float = 1.0
    pooling: str = "mean_std"
    num_layers: int = 1


SEARCH_SPACE: Mapping[str, Sequence[Any]] = {"first": (0.25, 0.5), "last": (0.75, 1.0), "pooling": POOLINGS}


class Network(nn.Module):
    """The chosen layers side by side: (B, 1, num_layers * 2 * dim), (B,) -> (B, E)."""

    def __init__(self, num_dims: int, settings: Chosen) -> None:
        super().__init__()
        if settings.pooling not in POOLINGS:
            raise ValueError(f"pooling = {settings.pooling!r}: one of {', '.join(POOLINGS)}")
        if not 0 <= settings.first <= settings.last <= 1:
            raise ValueError(f"first = {settings.first}, last = {settings.last}: shares of the depth, first <= last")
        self.num_layers, self.pooling = settings.num_layers, settings.pooling
        self.layers = chosen(settings.num_layers, settings.first, settings.last)
        share = 1 if settings.pooling == "mean_std" else 2
        self.embedding_size = num_dims // settings.num_layers * len(self.layers) // share

    def forward(self, inputs: Tensor, lengths: Tensor) -> Tensor:
        """What it takes of the row."""
        found = of_layers(inputs[:, 0], self.num_layers)[:, self.layers]
        if self.pooling == "mean":
            found = found[..., : found.shape[-1] // 2]
        return torch.flatten(found, 1)


def on_layers(head: Architecture, hyperparameters: type[Any]) -> Architecture:
    """The head of an architecture that is fitted at once on chosen layers. hyperparameters: its own, and `Chosen`."""
    return replace(
        head,
        name=f"layer_{head.name}",
        hyperparameters=hyperparameters,
        network=Network,
        search_space={**head.search_space, **SEARCH_SPACE},
        kinds=frozenset({"encoder_layers"}),
    )


def of_layers(row: Tensor, num_layers: int) -> Tensor:
    """(B, num_layers * 2 * dim) -> (B, num_layers, 2 * dim)."""
    return row.reshape(-1, num_layers, row.shape[1] // num_layers)


def chosen(num_layers: int, first: float, last: float) -> list[int]:
    """The layers between two shares of the depth, at least one; 0 is what enters the first layer.

    >>> chosen(7, 0.5, 1.0), chosen(7, 1.0, 1.0)
    ([3, 4, 5, 6], [6])
    """
    deepest = num_layers - 1
    return list(range(round(first * deepest), max(round(first * deepest), round(last * deepest)) + 1))
