"""Architectures: one file each, named like the architecture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from zoo.registry import Registry

if TYPE_CHECKING:  # these import torch, which is not needed to list the names
    from zoo.architectures.contract import Architecture
    from zoo.architectures.recogniser import Recogniser

REGISTRY: Registry[Architecture] = Registry("zoo.architectures", "ARCHITECTURE", "architecture")
names, get = REGISTRY.names, REGISTRY.get


def build(name: str, hyperparameters: Mapping[str, Any], num_dims: int, num_outputs: int) -> Recogniser:
    """A recogniser with random weights (from torch's current seed).

    forward(inputs: (B, T, num_dims), lengths: (B,)) -> (B, num_outputs).
    Raises ZooError for hyperparameters that the architecture does not have.
    """
    from zoo.architectures.recogniser import Recogniser

    architecture = get(name)
    network = architecture.network(num_dims, architecture.settings(hyperparameters))
    return Recogniser(network, num_dims, num_outputs)
