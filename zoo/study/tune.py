"""The section `tune`: the search."""

from typing import Annotated

from pydantic import Field

from zoo.study.section import Executor, Number, Section, Seed


class Tune(Section):
    num_trials: Number
    groups: Annotated[int, Field(ge=2, le=1000)]
    seed: Seed
    max_epochs: Number
    patience: Number
    executor: Executor
