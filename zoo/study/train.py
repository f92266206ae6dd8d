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

    def times(self, strength: float) -> "Augmentation":
        """Every amount times `strength`, in [0, 1]: 0 changes nothing, 1 is what params.yaml says."""
        return Augmentation(**{name: strength * amount for name, amount in self})


class Train(Section):
    seeds: Annotated[list[int], Field(min_length=1)]
    max_epochs: Count
    patience: Count
    refit: bool
    batch_size: Annotated[int, Field(ge=2)]  # batch normalisation has no deviation of one utterance
    crop_s: Annotated[float, Field(gt=0)]
    class_weights: bool
    gradient_clip: Annotated[float, Field(gt=0)]
    precision: Literal["auto", "float32", "bfloat16"]
    workers: Count
    augmentation: Augmentation
