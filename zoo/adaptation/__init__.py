"""How the weights of an encoder's layers change in training: a file a way."""

from zoo.adaptation.contract import Adaptation
from zoo.registry import Registry

REGISTRY = Registry[Adaptation]("zoo.adaptation", "ADAPTATION", "way of adaptation")
names, get = REGISTRY.names, REGISTRY.get
