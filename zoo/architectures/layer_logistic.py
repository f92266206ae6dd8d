"""The logistic regression of `logistic` on layers of a frozen encoder."""

from dataclasses import dataclass

from zoo.architectures import logistic
from zoo.architectures.layers import Chosen, on_layers


@dataclass(frozen=True)
class Hyperparameters(Chosen, logistic.Hyperparameters):
    """Those of both."""


ARCHITECTURE = on_layers(logistic.ARCHITECTURE, Hyperparameters)
