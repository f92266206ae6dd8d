"""Learned scales of keys, values and inner activations (IA³; Liu et al. 2022, arXiv 2205.05638), by peft."""

from torch import nn

from zoo.adaptation.contract import Adaptation, Settings
from zoo.encoders.contract import Encoder
from zoo.errors import WRONG_USAGE, ZooError


def _apply(tail: nn.Module, encoder: Encoder, settings: Settings) -> None:
    from peft import IA3Config, inject_adapter_in_model

    if not encoder.scaled:
        raise ZooError("this encoder has nothing that ia3 scales", "choose another way of adaptation", WRONG_USAGE)
    config = IA3Config(target_modules=list(encoder.scaled), feedforward_modules=list(encoder.scaled_inputs))
    inject_adapter_in_model(config, tail)


ADAPTATION = Adaptation(apply=_apply)
