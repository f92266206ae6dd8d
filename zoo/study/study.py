"""The whole study. There are no defaults: params.yaml is complete."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from zoo.study.evaluate import Evaluate
from zoo.study.features import Features
from zoo.study.section import Name, Scheme, Section
from zoo.study.train import Train
from zoo.study.tune import Tune


class Study(Section):
    study: Name
    data: str
    synthetic: list[Name]
    corpora: Annotated[list[Name], Field(min_length=1)]
    labels: dict[Name, Scheme]
    label_sources: dict[Name, Literal["acted", "crowd_audio", "crowd_multimodal"]]
    folds: dict[Name, Name]
    cross_scheme: Scheme
    features: Features
    architectures: Annotated[list[Name], Field(min_length=1)]
    tune: Tune
    train: Train
    evaluate: Evaluate

    @property
    def derived(self) -> Path:
        """The folder of everything that this study's stages make."""
        return Path("derived") / self.study

    @property
    def reports(self) -> Path:
        """The folder of this study's scores, figures and page."""
        return Path("reports") / self.study
