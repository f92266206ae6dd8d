"""Every weight of the layers is trained."""

from torch import nn

from zoo.adaptation.contract import Adaptation, Settings
from zoo.encoders.contract import Encoder


def _apply(tail: nn.Module, encoder: Encoder, settings: Settings) -> None:
    for name, parameter in tail.named_parameters():
        # what all layers share, such as WavLM's positions, is none of theirs
        parameter.requires_grad = not name.startswith("first.")


ADAPTATION = Adaptation(apply=_apply)
