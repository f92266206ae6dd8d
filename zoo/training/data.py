"""The training data of a corpus for a model: its folds with what is right about each utterance, and its input."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from zoo import architectures, inputs, tasks
from zoo.augmentation.augment import require_possible
from zoo.errors import WRONG_USAGE, ZooError, unknown
from zoo.inputs.contract import Input
from zoo.inputs.pooled import PooledStore
from zoo.inputs.store import INDEX, Store
from zoo.study.model import AS_PUBLISHED, NESTED, Model
from zoo.study.study import Study
from zoo.study.train import Train
from zoo.tables.folds import FOLDS
from zoo.tables.manifest import MANIFEST
from zoo.tasks.contract import Classes, Task, usable
from zoo.training import source
from zoo.training.batches import Examples
from zoo.training.distillation import Lesson, speakers_in_turn
from zoo.training.first import (
    EPOCHS,
    hyperparameters_of,
    release_brought,
    released,
    require_start,
    require_strangers,
)
from zoo.training.job import Job, Start
from zoo.training.recipe import DEFAULTS, Recipe, recipe_of
from zoo.training.resume import code_digest
from zoo.training.start import Released


def input_of(study: Study, name: str) -> Input:
    """The input of a model of the study.

    Raises ZooError naming what does not fit: an unknown input, one whose kind the architecture does not take, one
    with too few copies for the model's views, or an augmentation that it cannot bear.
    """
    model = study.models[name]
    found = inputs.of_study(study.inputs, model.input)
    architecture = architectures.get(model.architecture)
    if found.kind not in architecture.kinds:
        raise ZooError(
            f"models.{name}: {model.architecture} takes {' or '.join(sorted(architecture.kinds))}, but the input "
            f"{model.input} is of the kind {found.kind}",
            "choose another input or architecture",
            WRONG_USAGE,
        )
    if model.views > 1 + (copies := inputs.spec(model.input, study.inputs[model.input]).copies):
        raise ZooError(
            f"models.{name}.views = {model.views}, but inputs.{model.input} has {copies} copies of each utterance",
            f"a view is the utterance itself or a copy of it: at most {1 + copies} here, and more with more copies",
            WRONG_USAGE,
        )
    augmentation = study.training(name).augmentation
    if found.kind not in augmentation:
        raise ZooError(
            f"train.augmentation has no entry for {found.kind}, the kind of models.{name}'s input",
            f"add one; {{}} for none: `{found.kind}: {{}}`",
            WRONG_USAGE,
        )
    require_possible(found.kind, augmentation[found.kind])
    return found


def task_of(study: Study, name: str, classes: Classes) -> Task:
    """The task of a model of the study.

    Raises ZooError for an unknown one, if the architecture's head is fitted at once to classes that the task does not
    ask, or is to be selected as published, and if batches are to be balanced by such classes, or answers averaged over
    views without any.
    """
    model = study.models[name]
    task = tasks.build(study.tasks[model.task], model.task, classes)
    asks_classes = any(one.seen and one.kind == "probabilities" for one in task.readings)
    if study.training(name).balanced_batches and not asks_classes:
        raise ZooError(
            f"models.{name}: train.balanced_batches evens out classes, but the task {model.task} asks for none",
            "set train.balanced_batches to false, or choose another task",
            WRONG_USAGE,
        )
    if architectures.get(model.architecture).solve and [one.kind for one in task.readings] != ["probabilities"]:
        raise ZooError(
            f"models.{name}: {model.architecture} learns classes and nothing else, but the task {model.task} asks more",
            "choose a task such as categorical, or another architecture",
            WRONG_USAGE,
        )
    if architectures.get(model.architecture).solve and model.selection == AS_PUBLISHED:
        raise ZooError(
            f"models.{name}: {model.architecture} is fitted at once: it has no epoch to be selected by test speakers",
            "remove `selection`, or choose a network",
            WRONG_USAGE,
        )
    if model.views > 1 and not asks_classes:
        raise ZooError(
            f"models.{name}.views = {model.views} averages probabilities, but the task {model.task} asks for none",
            "remove views, or choose another task",
            WRONG_USAGE,
        )
    return task


def teacher_of(study: Study, name: str) -> str | None:
    """The model that a model of the study learns from; None without one.

    Raises ZooError naming what does not fit.
    """
    model = study.models[name]
    if model.teacher is None:
        return None
    where, teacher = f"models.{name}.teacher", model.teacher.model
    if teacher not in study.models:
        found = unknown("model", teacher, set(study.models) - {name})
        raise ZooError(f"{where}: models has no '{teacher}'", found.hint, WRONG_USAGE)
    other = study.models[teacher]
    if other.selection != NESTED:
        raise ZooError(
            f"{where}: {teacher} is selected as published, in view of test speakers",
            "name its nested twin",
            WRONG_USAGE,
        )
    if teacher == name:
        raise ZooError(f"{where}: {name} cannot teach itself", "name another model of the study", WRONG_USAGE)
    if architectures.get(other.architecture).solve is None:
        raise ZooError(
            f"{where}: {teacher} is not fitted at once to the speakers of a fold, as a teacher must be",
            "choose a model of a ridge, logistic regression or support vector machine, such as layer_ridge",
            WRONG_USAGE,
        )
    if architectures.get(model.architecture).solve is not None:
        raise ZooError(
            f"{where}: {model.architecture} is fitted at once, so it cannot be taught",
            "choose a network for it, or remove teacher",
            WRONG_USAGE,
        )
    if other.task != model.task:
        raise ZooError(
            f"{where}: {teacher} is asked {other.task}, and {name} {model.task}",
            "give both the same task",
            WRONG_USAGE,
        )
    own_spec, heard_spec = (inputs.spec(one, study.inputs[one]) for one in (model.input, other.input))
    own, heard = own_spec.copies, heard_spec.copies
    if own and own_spec.changes != heard_spec.changes:
        raise ZooError(
            f"{where}: the copies of inputs.{model.input} are changed otherwise than those that {teacher} hears",
            f"state the same changes for inputs.{other.input}",
            WRONG_USAGE,
        )
    if own > heard:
        raise ZooError(
            f"{where}: inputs.{model.input} has {own} copies of each utterance, and {teacher} hears {heard}",
            f"state copies: {own} for inputs.{other.input}",
            WRONG_USAGE,
        )
    return teacher


@dataclass(frozen=True)
class First:
    """The data of the model that is trained first, how, and for how many epochs."""

    data: "CorpusData"
    train: Train
    epochs: int


@dataclass(frozen=True)
class CorpusData:
    """Folds and input of a corpus, or of several that are pooled, for a model.

    cut: the folds as they were cut, the same for every task. folds: their rows that the task can use, with the columns
    of the manifest. classes: in alphabetical order. files: that they are from. members: the corpora, one or those of a
    pool. teacher: the data of the model that it learns from, and how that is trained. first: what it starts from; all
    hyperparameters of `model` are then fixed.
    """

    corpus: str
    name: str
    model: Model
    heard: Input
    task: Task
    task_entry: tuple[str, dict[str, object]]
    cut: pl.DataFrame
    folds: pl.DataFrame
    store: Store
    classes: tuple[str, ...]
    files: dict[str, Path]
    members: list[str]
    teacher: "tuple[CorpusData, Train] | None" = None
    first: Released | First | None = None

    def recipe(
        self, config: Mapping[str, Any], train: Train, *, epochs: int, patience: int, seed: int, refit: bool
    ) -> Recipe:
        """The recipe of a configuration of the search on this corpus."""
        known = architectures.get(self.model.architecture).given(self.heard.gives)
        return recipe_of(
            {**config, "hyperparameters": {**config["hyperparameters"], **known}},
            train,
            architecture=self.model.architecture,
            task=self.task_entry,
            classes=self.classes,
            kind=self.heard.kind,
            frames_per_s=self.heard.frames_per_s,
            max_epochs=epochs,
            patience=patience,
            seed=seed,
            refit=refit,
        )

    def examples(self, utterances: pl.DataFrame) -> Examples:
        """The examples of utterances. utterances: rows of `folds`."""
        return Examples(self.store, utterances["utterance_id"].to_list(), self.task.targets(utterances))

    def lesson(self, *parts: pl.DataFrame) -> Lesson | None:
        """What the teacher tells of utterances, which it is fitted to speaker by speaker; None without a teacher.

        parts: rows of `folds`, one after the other. Raises ZooError if they are of one speaker alone.
        """
        if self.teacher is None:
            return None
        assert self.model.teacher is not None
        teacher, train = self.teacher
        rows = pl.concat(parts)
        # no search chooses it: its hyperparameters are the architecture's defaults
        config = {"learning_rate": None, "weight_decay": None, "augmentation": None}
        recipe = teacher.recipe(
            config | {"hyperparameters": teacher.model.fixed},
            train,
            epochs=1,
            patience=1,
            seed=train.seeds[0],
            refit=False,
        )
        by_speaker = [
            tuple(rows.filter(pl.col("speaker_id").is_in(list(names))) for names in part)
            for part in speakers_in_turn(rows["speaker_id"])
        ]
        if not by_speaker:
            raise ZooError(
                f"models.{self.name}.teacher: there is one speaker of {self.corpus} to train on; {teacher.name} is "
                "asked about every speaker after hearing the others",
                f"remove {self.corpus} from corpora, or teacher",
                WRONG_USAGE,
            )
        examples = tuple((teacher.examples(known), teacher.examples(asked)) for known, asked in by_speaker)
        return Lesson(recipe, self.model.teacher.share, examples)

    def start(self, seed: int, *parts: pl.DataFrame) -> Start:
        """What a training on these utterances starts from: a release, or a training of its own; None: from nothing.

        parts: rows of `folds`. Of the corpora that they are of, the latter hears these and no others; of another
        corpus, all. It has a fixed number of epochs, since no dev speakers are left to choose one by. Raises ZooError
        if it has nothing to train on.
        """
        return self._start(seed, self.members, {name for rows in parts for name in self.full_names(rows)})

    def _start(self, seed: int, members: list[str], names: set[str]) -> Start:
        if not isinstance(self.first, First):
            return self.first
        data, train, epochs = self.first.data, self.first.train, self.first.epochs
        rows = data.allowed(members, names)
        if rows.is_empty():
            raise ZooError(
                f"models.{self.name}.start: of {data.corpus} nothing is left to train {data.name} on where a model of "
                f"{self.corpus} must not hear its test speakers",
                "choose another corpus for start, or remove start",
                WRONG_USAGE,
            )
        # no search chooses it: these are the defaults
        config = DEFAULTS | {"hyperparameters": data.model.fixed}
        recipe = data.recipe(config, train, epochs=epochs, patience=1, seed=seed, refit=False).for_epochs(epochs)
        lesson = data.lesson(rows)
        return Job(
            f"{data.name}@{data.corpus}, from which {self.name}@{self.corpus} starts",
            recipe,
            data.examples(rows),
            lesson=lesson,
            start=data._start(seed, members, names),
            with_weights=True,
            code=code_digest(recipe, lesson),
        )

    def allowed(self, members: Collection[str], names: Collection[str]) -> pl.DataFrame:
        """Every utterance once, of the corpora `members` only those with these names, CORPUS/UTTERANCE; in the order
        of utterance_id."""
        rows = self.everything()
        kept = [name.partition("/")[0] not in members or name in names for name in self.full_names(rows)]
        return rows.filter(pl.Series(kept, dtype=pl.Boolean))

    def full_names(self, rows: pl.DataFrame) -> list[str]:
        """CORPUS/UTTERANCE, as they are named in a pool."""
        prefix = f"{self.corpus}/" if self.members == [self.corpus] else ""
        return [prefix + name for name in rows["utterance_id"]]

    def split(self, fold: int, split: str) -> pl.DataFrame:
        """The rows of a fold's split, in the order of utterance_id."""
        rows = (pl.col("fold") == fold) & (pl.col("split") == split)
        return self.folds.filter(rows).sort("utterance_id")

    def everything(self) -> pl.DataFrame:
        """Every utterance once, in the order of utterance_id."""
        return self.folds.unique("utterance_id", keep="first").sort("utterance_id")

    def untested(self, folds: Collection[int]) -> pl.DataFrame:
        """Once each, the utterances that all these folds have in train or dev, in the order of utterance_id.

        So none that a fold tests, nor one that it leaves out because it tests the sentence.
        """
        used = self.folds.filter(pl.col("fold").is_in(list(folds)) & (pl.col("split") != "test"))
        in_all = used.filter(pl.len().over("utterance_id") == len(folds))
        return in_all.unique("utterance_id", keep="first").sort("utterance_id")

    @property
    def fold_numbers(self) -> list[int]:
        """The folds, in order."""
        return sorted(self.folds["fold"].unique().to_list())


def load(study: Study, corpus: str, name: str) -> CorpusData:
    """Read the folds and open the input of a corpus, or of a pool of several, for a model.

    Raises ZooError if they do not fit each other or the study, or if no utterance of the corpus is of use to the task.
    """
    model, heard = study.models[name], input_of(study, name)
    read = source.read(study, corpus)
    folds = read.folds
    classes = tuple(sorted(folds["label"].drop_nulls().unique().to_list()))
    described = read.manifest.select("utterance_id", *sorted(set(MANIFEST.columns) - set(FOLDS.columns)))
    task = task_of(study, name, classes)
    rows = folds.join(described, on="utterance_id", maintain_order="left")
    rows = rows.filter(usable(task.targets(rows)))
    if rows.is_empty():
        raise ZooError(
            f"models.{name}: {corpus} has nothing that the task {model.task} can learn from",
            f"remove {corpus} from corpora or {name} from models in params.yaml",
            WRONG_USAGE,
        )
    store, indices = _store(study, corpus, model.input)
    store.require(heard, f"inputs.{model.input}")
    entry = model.task, study.tasks[model.task]
    members, first = study.members(corpus), _first(study, name)
    if (known := _released(first)) is not None:
        require_strangers(name, members, known.facts, read.manifest)
    if first is not None:
        model = model.model_copy(update={"fixed": hyperparameters_of(study, name, release_brought)})
    teacher = teacher_of(study, name)
    taught_by = None if teacher is None else (load(study, corpus, teacher), study.training(teacher))
    earlier = {f"start {key}": path for key, path in first.data.files.items()} if isinstance(first, First) else {}
    files = read.files | indices | earlier
    return CorpusData(
        corpus, name, model, heard, task, entry, folds, rows, store, classes, files, members, taught_by, first
    )


def _first(study: Study, name: str) -> Released | First | None:
    """What a model starts from. Raises ZooError if it does not fit."""
    require_start(study, name, release_brought)
    start = study.models[name].start
    if start is None or start.model is None:
        return None if start is None else released(study, name)
    assert start.corpus is not None
    return First(load(study, start.corpus, start.model), study.training(start.model), start.epochs or EPOCHS)


def _released(first: Released | First | None) -> Released | None:
    """The release that a chain of models begins with."""
    return _released(first.data.first) if isinstance(first, First) else first


def _store(study: Study, corpus: str, name: str) -> tuple[Store, dict[str, Path]]:
    """The store of an input of a corpus or pool, and its indices, by what they are called among the files."""
    folders = {one: study.derived / "features" / one / name for one in study.members(corpus)}
    if corpus in study.unions:
        return PooledStore(folders), {f"features {one}": folder / INDEX for one, folder in folders.items()}
    return Store(folders[corpus]), {"features": folders[corpus] / INDEX}
