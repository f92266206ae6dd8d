"""The section `tune`: the search."""

from typing import Annotated

from pydantic import Field

from zoo.study.section import Count, Executor, Section


class Tune(Section):
    num_trials: Count
    groups: Annotated[int, Field(ge=2)]
    seed: Annotated[int, Field(ge=0)]
    max_epochs: Count
    patience: Count
    executor: Executor
