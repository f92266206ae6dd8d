"""Layers of an encoder out of one row that has them all: mean and std over time of each."""

import torch
from torch import Tensor

POOLINGS = ("mean", "mean_std")


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


def pooled(row: Tensor, num_layers: int, layers: list[int], pooling: str) -> Tensor:
    """The chosen layers side by side: (B, len(layers) * dim), twice as many with the std."""
    found = of_layers(row, num_layers)[:, layers]
    if pooling == "mean":
        found = found[..., : found.shape[-1] // 2]
    return torch.flatten(found, 1)
