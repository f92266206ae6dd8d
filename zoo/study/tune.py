"""The section `tune`: the search."""

from typing import Annotated

from pydantic import Field

from zoo.study.section import Count, Executor, Section, Seed


class Tune(Section):
    num_trials: Count
    groups: Annotated[int, Field(ge=2, le=1000)]
    seed: Seed
    max_epochs: Count
    patience: Count
    executor: Executor
