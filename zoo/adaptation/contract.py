"""The contract of adaptation: layers of an encoder in, the same layers with something to train."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import nn

    from zoo.encoders.contract import Encoder


@dataclass(frozen=True)
class Settings:
    """place: of the modules that are changed, attention or feed_forward; empty: the encoder's usual one. rank: of
    low-rank changes."""

    place: str = ""
    rank: int = 8


@dataclass(frozen=True)
class Adaptation:
    """apply(tail, encoder, settings): see to it, in place, that some weights of the tail are trained, all others being
    frozen before. At the start the tail gives what it gave before. Raises ZooError for a place that it does not have.
    """

    apply: "Callable[[nn.Module, Encoder, Settings], None]"
