"""The whole study. There are no defaults: params.yaml is complete."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from zoo.study.evaluate import Evaluate
from zoo.study.execute import Execute
from zoo.study.exploration import Exploration
from zoo.study.heard import TRANSDUCTIVE, steps_of
from zoo.study.model import AS_PUBLISHED, NESTED, Model
from zoo.study.section import Address, Name, Scheme, Section
from zoo.study.train import Train
from zoo.study.tune import Tune

LEAVE_ONE_CORPUS_OUT = "leave_one_corpus_out"  # the protocol of pools
POOLS = "pools"  # folder of the tables of pools, which the stage of this name writes

Entries = Annotated[dict[Name, dict[str, Any]], Field(min_length=1)]  # name -> options; see zoo/study/configured.py


class Study(Section):
    study: Name
    data: Address
    synthetic: list[Name]
    corpora: Annotated[list[Name], Field(min_length=1)]
    labels: dict[Name, Scheme]
    label_sources: dict[Name, Literal["acted", "crowd_audio", "crowd_multimodal"]]
    folds: dict[Name, Name]
    cross_scheme: Scheme
    pools: dict[Name, Annotated[list[Name], Field(min_length=2)]]
    exploration: dict[Name, Exploration]
    inputs: Entries
    tasks: Entries
    models: Annotated[dict[Name, Model], Field(min_length=1)]
    tune: Tune
    train: Train
    execute: Execute
    evaluate: Evaluate

    @model_validator(mode="before")
    @classmethod
    def _named_like_their_architecture(cls, values: Any) -> Any:
        """`cnn: {input: log_mel}` is short for `cnn: {architecture: cnn, input: log_mel}`."""
        models = values.get("models") if isinstance(values, dict) else None
        if not isinstance(models, dict):
            return values
        full = {name: {"architecture": name} | one if isinstance(one, dict) else one for name, one in models.items()}
        return values | {"models": full}

    def steps(self, name: str) -> list[str]:
        """The names of the steps before an input."""
        return list(steps_of(self.inputs.get(name, {})))

    def is_transductive(self, model: str) -> bool:
        """Whether a model hears an utterance with the others of its speaker; a baseline does not."""
        return model in self.models and bool({*TRANSDUCTIVE} & {*self.steps(self.models[model].input)})

    @property
    def nested(self) -> list[str]:
        """The models that can be ranked and released: those whose selection sees no test speaker."""
        return [name for name, model in self.models.items() if model.selection == NESTED]

    @property
    def as_published(self) -> dict[str, str | None]:
        """The models that are selected as published, each with its nested twin, the same in all else; None without."""
        return {
            name: next((twin for twin in self.nested if _same(self.models[twin], model)), None)
            for name, model in self.models.items()
            if model.selection == AS_PUBLISHED
        }

    @property
    def sources(self) -> list[str]:
        """What nested models are trained on: every corpus, and every pool of several."""
        return [*self.corpora, *self.pools]

    def sources_of(self, model: str) -> list[str]:
        """What a model is trained on: one that is selected as published, on no pool."""
        return self.sources if model in self.nested else self.corpora

    def scheme(self, source: str) -> str:
        """The label scheme in which models of a corpus or pool are trained."""
        return self.cross_scheme if source in self.pools else self.labels[source]

    def protocol(self, source: str) -> str:
        """The protocol that splits a corpus or pool into folds."""
        return LEAVE_ONE_CORPUS_OUT if source in self.pools else self.folds[source]

    def with_others(self, models: Iterable[str]) -> list[str]:
        """Models, and those of the study that they learn or start from, and so on."""
        found = list(models)
        for name in found:  # it grows
            for part in (self.models[name].teacher, self.models[name].start):
                if part is not None and part.model in self.models and part.model not in found:
                    found.append(part.model)
        return found

    def num_trials(self, model: str) -> int:
        """Configurations that the search tries for a model in each group of folds."""
        return self.models[model].num_trials or self.tune.num_trials

    def training(self, model: str) -> Train:
        """How a model is trained."""
        return self.train.stated(self.models[model].train)

    def task_types(self, model: str) -> list[str]:
        """The types of task that a model's task consists of: several for a multitask."""
        name = self.models[model].task
        return task_types(self.tasks.get(name, {}), name)

    @property
    def derived(self) -> Path:
        """The folder of everything that this study's stages make."""
        return Path("derived") / self.study

    @property
    def reports(self) -> Path:
        """The folder of this study's scores, figures and page."""
        return Path("reports") / self.study


def _same(one: Model, other: Model) -> bool:
    return one.but_for_selection() == other.but_for_selection()


def task_types(entry: Mapping[str, Any], name: str) -> list[str]:
    """The types of task that an entry of `tasks` consists of."""
    parts = entry.get("parts", {})
    return [str(entry.get("task_type", name)), *(parts if isinstance(parts, Mapping) else ())]
