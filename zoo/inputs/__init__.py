"""Front-ends, which compute the input features of models: one file per front-end, named after it."""

from zoo.inputs.contract import FrontEnd
from zoo.registry import Registry

REGISTRY = Registry[FrontEnd]("zoo.inputs", "FRONT_END", "front-end")
names, get = REGISTRY.names, REGISTRY.get
