"""The section `models`: what is compared."""

import re
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from zoo.study.section import Count, Name, Section, Text
from zoo.study.train import Stated

TASK = "categorical"
NESTED, AS_PUBLISHED = "nested", "as_published"


class Published(Section):
    """What others report of a model. uar: the figure they name; mean: that of their seeds; source: where they do."""

    uar: Annotated[float, Field(ge=0, le=1)]
    mean: Annotated[float, Field(ge=0, le=1)] | None = None
    source: Text


class Teacher(Section):
    """Whose answers a model learns beside the labels; see zoo/training/distillation.py.

    model: of this study, on the same task. share: of its answers in what is learnt, 0 (none) to 1 (nothing else).
    """

    model: Name
    share: Annotated[float, Field(gt=0, le=1)] = 0.5


class Start(Section):
    """Whose weights a model starts from, instead of random ones: those of a release or of another model of the study.

    release: of a catalogue, with its version, such as cnn@emodb:2.0.0. model, corpus: what is trained first, on a
    corpus or pool of the study, in every training anew (zoo/training/first.py); epochs: for how many.
    """

    release: str | None = None
    model: Name | None = None
    corpus: Name | None = None
    epochs: Count | None = None

    @field_validator("release")
    @classmethod
    def _has_a_version(cls, value: str | None) -> str | None:
        if value is not None and re.fullmatch(r"[a-z][a-z0-9_]*@[a-z][a-z0-9_]*:\d+\.\d+\.\d+", value) is None:
            raise ValueError("name a release with its version, such as cnn@emodb:2.0.0; see `zoo list`")
        return value

    @model_validator(mode="after")
    def _is_one_of_both(self) -> "Start":
        if self.release is not None and (self.model, self.corpus, self.epochs) == (None, None, None):
            return self
        if self.release is None and self.model is not None and self.corpus is not None:
            return self
        raise ValueError("state either `release`, or `model` and `corpus` of this study, with `epochs` if you like")


class Model(Section):
    """A model is its architecture, input and task, and the hyperparameters that no search changes.

    architecture: if it is not stated, the model's own name. num_trials: if it is not stated, that of `tune`. average:
    how many of the best configurations of a search answer together, with the mean of their answers. views: over how
    many views of a test utterance answers are averaged, which are itself and its first augmented copies. teacher: of a
    distilled model. start: whose weights it starts from, if not from random ones. train: in what its trainings differ
    from the section `train`. selection: nested, or with the test speakers in view, to show what that is worth
    (zoo/training/as_published.py). published: the figures that the latter repeats.
    """

    architecture: Name
    input: Name
    task: Name = TASK
    num_trials: Count | None = None
    average: Count = 1
    views: Count = 1
    teacher: Teacher | None = None
    start: Start | None = None
    fixed: dict[Name, Any] = Field(default_factory=dict)
    train: Stated = Stated()
    selection: Literal["nested", "as_published"] = "nested"
    published: Published | None = None

    def but_for_selection(self) -> dict[str, Any]:
        """What a model selected as published has in common with its nested twin."""
        return self.model_dump(exclude={"selection", "published"})
