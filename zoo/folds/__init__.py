"""Fold protocols: a file a protocol; its name is the protocol's name. Files that start with _ are shared code."""

from importlib import import_module
from pathlib import Path

from zoo.errors import unknown
from zoo.folds._protocol import Protocol


def names() -> list[str]:
    """The known protocols, from the listing of this folder; nothing is imported."""
    return sorted(path.stem for path in Path(__file__).parent.glob("[!_]*.py"))


def get(name: str) -> Protocol:
    """A protocol by name. Raises ZooError with near names when there is no such file."""
    if name not in names():
        raise unknown("fold protocol", name, names())
    protocol = import_module(f"zoo.folds.{name}").PROTOCOL
    assert isinstance(protocol, Protocol)
    return protocol
