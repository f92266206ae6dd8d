"""Augmentations, random changes of training utterances: a file each, which says which kinds of input can bear it."""

from zoo.augmentation.contract import Augmentation
from zoo.registry import Registry

REGISTRY = Registry[Augmentation]("zoo.augmentation", "AUGMENTATION", "augmentation")
names, get = REGISTRY.names, REGISTRY.get
