"""Fold protocols: a file a protocol; its name is the protocol's name."""

from zoo.folds.contract import Protocol
from zoo.registry import Registry

REGISTRY = Registry[Protocol]("zoo.folds", "PROTOCOL", "fold protocol")
names, get = REGISTRY.names, REGISTRY.get
