"""The section `tune`: the search."""

from typing import Annotated

from pydantic import Field

from zoo.study.section import Count, Section


class Tune(Section):
    num_trials: Count
    groups: Annotated[int, Field(ge=2)]
    seed: Annotated[int, Field(ge=0)]
    max_epochs: Count
    patience: Count
    cpus_per_trial: Annotated[float, Field(gt=0)]
    gpus_per_trial: Annotated[float, Field(ge=0)]
    address: str
