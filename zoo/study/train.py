"""The section `train`: the trainings of folds and releases."""

from typing import Annotated, Literal

from pydantic import Field

from zoo.study.section import Count, Executor, Kind, Name, Section

Strengths = dict[Name, Annotated[float, Field(ge=0, allow_inf_nan=False)]]  # augmentation -> its full strength


class Train(Section):
    seeds: Annotated[list[Annotated[int, Field(ge=0)]], Field(min_length=1)]
    max_epochs: Count
    patience: Count
    refit: bool
    batch_size: Annotated[int, Field(ge=2)]  # batch normalisation has no variance over one utterance
    crop_s: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    mixup: Annotated[float, Field(ge=0, le=10)]
    balanced_batches: bool
    average_epochs: Annotated[int, Field(ge=1, le=100)]
    gradient_clip: Annotated[float, Field(gt=0)]
    precision: Literal["auto", "float32", "bfloat16"]
    executor: Executor
    # of each kind of input that the study's models have
    augmentation: dict[Kind, Strengths]
