"""The ridge regression of `ridge` on layers of a frozen encoder."""

from dataclasses import dataclass

from zoo.architectures import ridge
from zoo.architectures.layers import Chosen, on_layers


@dataclass(frozen=True)
class Hyperparameters(Chosen, ridge.Hyperparameters):
    """Those of both."""


ARCHITECTURE = on_layers(ridge.ARCHITECTURE, Hyperparameters)
