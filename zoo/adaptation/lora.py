"""Low-rank changes of linear layers (Hu et al. 2022, arXiv 2106.09685), by peft; scaled by 2 as usual (alpha 2r)."""

from torch import nn

from zoo.adaptation.contract import Adaptation, Settings
from zoo.encoders.contract import Encoder
from zoo.errors import WRONG_USAGE, ZooError


def _apply(tail: nn.Module, encoder: Encoder, settings: Settings) -> None:
    from peft import LoraConfig, inject_adapter_in_model

    place = settings.place or next(iter(encoder.targets), "")
    if place not in encoder.targets:
        raise ZooError(
            f"this encoder has no low-rank changes in '{place}'",
            f"there are: {', '.join(encoder.targets) or 'none'}",
            WRONG_USAGE,
        )
    if settings.rank > encoder.dim:
        raise ZooError(
            f"rank = {settings.rank}, but the layers have {encoder.dim} dimensions, so it is not low",
            "4, 8 and 16 are usual",
            WRONG_USAGE,
        )
    config = LoraConfig(r=settings.rank, lora_alpha=2 * settings.rank, target_modules=list(encoder.targets[place]))
    inject_adapter_in_model(config, tail)


ADAPTATION = Adaptation(apply=_apply)
