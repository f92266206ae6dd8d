"""The whole study. There are no defaults: params.yaml is complete."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from zoo.study.cross import EACH, LEAVE_ONE_CORPUS_OUT, Cell, Cross
from zoo.study.evaluate import Evaluate
from zoo.study.execute import Execute
from zoo.study.exploration import Exploration
from zoo.study.heard import TRANSDUCTIVE, steps_of
from zoo.study.model import AS_PUBLISHED, NESTED, Model
from zoo.study.section import Address, Name, Scheme, Section
from zoo.study.train import Train
from zoo.study.tune import Tune

POOLS = "pools"  # folder of the tables of several corpora together, which the stage of this name writes
HELD_OUT_SPEAKERS = "fixed"  # the protocol of several corpora that only a cell trains on

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
    cross: Cross
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
    def unions(self) -> dict[str, list[str]]:
        """Several corpora that are trained on together: pools, and what cells train on, by name."""
        own = {self.source_of(members): list(members) for members, _ in self.wanted if len(members) > 1}
        return self.pools | own | self.pools  # a pool's corpora are in the order in which it lists them

    def members(self, source: str) -> list[str]:
        """The corpora of a source."""
        return self.unions.get(source, [source])

    def source_of(self, members: Iterable[str]) -> str:
        """The name of corpora that are trained on together: that of a pool of the same ones, else their own names in
        alphabetical order.

        >>> from zoo.study import params
        >>> params.load_preset("embedded").source_of(["ravdess", "emodb"])
        'emodb_ravdess'
        """
        wanted = sorted(members)
        return next((name for name, own in self.pools.items() if sorted(own) == wanted), "_".join(wanted))

    @property
    def cells(self) -> list[tuple[str, str]]:
        """Source and target of every test on another corpus, each once."""
        every = [*self.corpora, *self.pools]
        each = [(one, to) for one in every for to in self.corpora if to not in self.pools.get(one, [one])]
        own = [(self.source_of(members), target) for members, target in self.wanted]
        return list(dict.fromkeys([*(each if EACH in self.cross.cells else []), *own]))

    @property
    def wanted(self) -> list[tuple[tuple[str, ...], str]]:
        """Members and target of the cells that say which corpora are trained on; these are in alphabetical order."""
        found: list[tuple[tuple[str, ...], str]] = []
        for cell in self.cross.cells:
            if isinstance(cell, Cell):
                found.append((tuple(sorted(set(cell.train))), cell.test))
            elif cell == LEAVE_ONE_CORPUS_OUT:
                found += [(tuple(sorted({*self.corpora} - {one})), one) for one in self.corpora]
        return [(members, target) for members, target in found if members]

    @property
    def sources(self) -> list[str]:
        """What nested models are trained on: every corpus, and all that is trained on together."""
        return [*self.corpora, *self.unions]

    def sources_of(self, model: str) -> list[str]:
        """What a model is trained on: one that is selected as published, on one corpus each."""
        return self.sources if model in self.nested else self.corpora

    def scheme(self, source: str) -> str:
        """The label scheme in which models of a source are trained."""
        return self.labels.get(source, self.cross_scheme)

    def protocol(self, source: str) -> str:
        """The protocol that splits a source into folds."""
        if source in self.pools:
            return LEAVE_ONE_CORPUS_OUT
        return self.folds.get(source, HELD_OUT_SPEAKERS)

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
