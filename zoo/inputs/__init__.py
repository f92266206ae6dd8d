"""Inputs, what a model hears: a file a front-end; its name is the front-end's name."""

from zoo.inputs.contract import FrontEnd
from zoo.registry import Registry

REGISTRY = Registry[FrontEnd]("zoo.inputs", "FRONT_END", "front-end")
names, get = REGISTRY.names, REGISTRY.get
