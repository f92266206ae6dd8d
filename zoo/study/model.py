"""The section `models`: what is compared."""

from typing import Any

from pydantic import Field

from zoo.study.section import Count, Name, Section

TASK = "categorical"


class Model(Section):
    """A model is its architecture, input and task, and the hyperparameters that no search changes.

    architecture: if it is not stated, the model's own name. num_trials: if it is not stated, that of `tune`. average:
    how many of the best configurations of a search answer together, with the mean of their answers.
    """

    architecture: Name
    input: Name
    task: Name = TASK
    num_trials: Count | None = None
    average: Count = 1
    fixed: dict[Name, Any] = Field(default_factory=dict)
