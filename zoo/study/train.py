"""The section `train`: the trainings of folds and releases."""

from typing import Annotated, Literal

from pydantic import Field

from zoo.study.section import Count, Executor, Kind, Name, Section, Seed

Strengths = dict[Name, Annotated[float, Field(ge=0, allow_inf_nan=False)]]  # augmentation -> its full strength


BatchSize = Annotated[int, Field(ge=2, le=65_536)]  # batch normalisation has no variance over one utterance
Seconds = Annotated[float, Field(gt=0, le=3600)]
Alpha = Annotated[float, Field(ge=0, le=10)]
Batches = Annotated[int, Field(ge=1, le=1000)]
Window = Annotated[int, Field(ge=1, le=100)]
Norm = Annotated[float, Field(gt=0, le=1e6)]


class Train(Section):
    """What every model shares, unless it states its own: see Stated."""

    seeds: Annotated[list[Seed], Field(min_length=1, max_length=1000)]
    max_epochs: Count
    patience: Count
    refit: bool
    batch_size: BatchSize
    accumulate: Batches
    crop_s: Seconds
    mixup: Alpha
    balanced_batches: bool
    average_epochs: Window
    gradient_clip: Norm
    precision: Literal["auto", "float32", "bfloat16"]
    executor: Executor
    # of each kind of input that the study's models have
    augmentation: dict[Kind, Strengths]

    def stated(self, own: "Stated") -> "Train":
        """The settings of a model that states some of its own; of the augmentation, whole kinds of input."""
        given = own.model_dump(exclude_none=True)
        return self.model_copy(update=given | {"augmentation": self.augmentation | given.get("augmentation", {})})


class Stated(Section):
    """The settings that a model may state itself; None: as in `train`. What decides how long a model trains is the same
    for all."""

    batch_size: BatchSize | None = None
    accumulate: Batches | None = None
    crop_s: Seconds | None = None
    mixup: Alpha | None = None
    balanced_batches: bool | None = None
    average_epochs: Window | None = None
    gradient_clip: Norm | None = None
    augmentation: dict[Kind, Strengths] | None = None
