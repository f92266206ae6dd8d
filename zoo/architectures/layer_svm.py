"""The support vector machine of `svm` on layers of a frozen encoder."""

from dataclasses import dataclass

from zoo.architectures import svm
from zoo.architectures.layers import Chosen, on_layers


@dataclass(frozen=True)
class Hyperparameters(Chosen, svm.Hyperparameters):
    """Those of both."""


ARCHITECTURE = on_layers(svm.ARCHITECTURE, Hyperparameters)
