"""The section `train`: the trainings of folds and releases."""

from typing import Annotated, Literal

from pydantic import Field

from zoo.study.section import Count, Fraction, Section


class Augmentation(Section):
    time_mask_s: Annotated[float, Field(ge=0)]
    frequency_mask_share: Fraction
    stretch: Annotated[float, Field(ge=0, lt=0.5)]
    warp: Annotated[float, Field(ge=0, lt=0.5)]
    gain_db: Annotated[float, Field(ge=0)]

    def scaled(self, strength: float) -> "Augmentation":
        """Every strength times `strength`, in [0, 1]: 0 is no augmentation, 1 is that of params.yaml."""
        return Augmentation(**{name: strength * value for name, value in self})


class Train(Section):
    seeds: Annotated[list[Annotated[int, Field(ge=0)]], Field(min_length=1)]
    max_epochs: Count
    patience: Count
    refit: bool
    batch_size: Annotated[int, Field(ge=2)]  # batch normalisation has no variance over one utterance
    crop_s: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    class_weights: bool
    gradient_clip: Annotated[float, Field(gt=0)]
    precision: Literal["auto", "float32", "bfloat16"]
    workers: Count
    augmentation: Augmentation
