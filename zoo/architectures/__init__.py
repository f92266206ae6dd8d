"""Architectures: a file a family; its name is the architecture's name. Files that start with _ are shared code."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo.errors import unknown

if TYPE_CHECKING:
    from zoo.architectures._architecture import Architecture
    from zoo.architectures._recogniser import Recogniser


def names() -> list[str]:
    """The known architectures, from the listing of this folder; nothing is imported."""
    return sorted(path.stem for path in Path(__file__).parent.glob("[!_]*.py"))


def get(name: str) -> Architecture:
    """An architecture by name. Raises ZooError with near names when there is no such file."""
    from zoo.architectures._architecture import Architecture

    if name not in names():
        raise unknown("architecture", name, names())
    architecture = import_module(f"zoo.architectures.{name}").ARCHITECTURE
    assert isinstance(architecture, Architecture)
    return architecture


def build(name: str, hyperparameters: Mapping[str, Any], num_dims: int, num_classes: int) -> Recogniser:
    """A recogniser with fresh weights (of torch's current seed).

    forward(inputs: (B, T, num_dims), lengths: (B,)) -> logits (B, num_classes).
    Raises ZooError for hyperparameters that the architecture does not have.
    """
    from zoo.architectures._recogniser import Recogniser

    architecture = get(name)
    return Recogniser(architecture.network(num_dims, num_classes, architecture.settings(hyperparameters)), num_dims)
