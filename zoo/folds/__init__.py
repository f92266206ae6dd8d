"""Fold protocols: one file per protocol, named after it."""

from zoo.folds.contract import Protocol
from zoo.registry import Registry

REGISTRY = Registry[Protocol]("zoo.folds", "PROTOCOL", "fold protocol")
names, get = REGISTRY.names, REGISTRY.get
