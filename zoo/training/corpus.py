"""The trainings of a model on one corpus or pool of a study: a job a seed and fold, then the release."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

from zoo import architectures, inputs
from zoo.errors import ZooError
from zoo.hashes import sha256_of
from zoo.runtime.release import Base, InputOf, Network, Release, StartOf, TaskOf, TeacherOf, Tuned
from zoo.runtime.weights import PRECISION
from zoo.study.model import AS_PUBLISHED
from zoo.study.study import Study
from zoo.tables.sights import SELECTION, Sights
from zoo.training.as_published import standardised_over_everybody
from zoo.training.data import CorpusData, First, load
from zoo.training.job import Job, Outcome
from zoo.training.recipe import Recipe
from zoo.training.resume import code_digest

Member = dict[str, Any]  # config_id and config of one of them
Selection = dict[str, Any]  # the configurations that the search selected: zoo.tuning.selection


@dataclass(frozen=True)
class CorpusTraining:
    """Plain values, so that nothing after this knows the study.

    folds: for each seed and fold, in the order of `places`, a job for each of the configurations that answer together.
    release: the recipes of the networks of all speakers, members: their configurations. sources: the files that it is
    made from. audio: the folder of the recordings, if models are tested on these under another gain. folder: where
    results go, log: where the cost goes. columns: those of the predictions table that are the same for all rows.
    release_of(networks, precision): the facts of the release, which need only these.
    """

    data: CorpusData
    places: list[tuple[int, int]]  # seed, fold
    folds: list[list[Job]]
    release: list[Recipe]
    members: list[Member]
    sources: dict[str, Path]
    audio: Path | None
    folder: Path
    log: Path
    columns: dict[str, str]
    release_of: Callable[[list[Network], str], Release]
    code: str

    def release_jobs(self, outcomes: Sequence[Sequence[Outcome]]) -> list[Job]:
        """All speakers, the median of the folds' best epochs, no early stopping; none if it is selected as published.

        outcomes: of `folds`.
        """
        if not self.release:
            return []
        everything, jobs = self.data.everything(), []
        examples, lesson = self.data.examples(everything), self.data.lesson(everything)
        for recipe, own in zip(self.release, zip(*outcomes, strict=True), strict=True):
            epochs = max(1, round(median(outcome.best_epoch for outcome in own)))
            name = f"{self.data.corpus}, release"
            whole = recipe.for_epochs(epochs)
            start = self.data.start(whole.seed, everything)
            jobs.append(Job(name, whole, examples, lesson=lesson, start=start, with_weights=True, code=self.code))
        return jobs


def prepare(study: Study, corpus: str, name: str, selection: Selection) -> CorpusTraining:
    """Read what the study has of a corpus.

    Raises ZooError if the selection or the folds were made for others.
    """
    data = load(study, corpus, name)
    sources = data.files | {"tuned": study.derived / "tuned" / name / f"{corpus}.json"}
    settings = {fold: group["members"] for group in selection["groups"] for fold in group["folds"]}
    if sorted(settings) != data.fold_numbers:
        raise ZooError(f"{sources['tuned']} was made for other folds", "run `dvc repro` to make it again")
    train = study.training(name)

    def recipe(member: Member) -> Recipe:
        return data.recipe(
            member["config"],
            train,
            epochs=train.max_epochs,
            patience=train.patience,
            seed=train.seeds[0],
            refit=train.refit,
        )

    places = [(seed, fold) for seed in train.seeds for fold in data.fold_numbers]
    chosen = selection["release"]
    release = [recipe(member) for member in chosen["members"]]
    folds = [[fold_job(data, recipe(member), seed, fold) for member in settings[fold]] for seed, fold in places]
    if leaks := data.model.selection == AS_PUBLISHED:
        folds = [[standardised_over_everybody(job, data) for job in jobs] for jobs in folds]
    code = code_digest(folds[0][0].recipe, folds[0][0].lesson)
    # paths of a pool begin with the corpus
    recordings = Path(study.data) if corpus in study.unions else Path(study.data) / corpus
    audio = recordings if study.evaluate.gain and not leaks else None
    if audio is not None and not audio.is_dir():
        raise ZooError(
            f"{audio} is missing, and evaluate.gain tests models on its recordings",
            f"add it with `zoo data add {corpus} PATH`, or set evaluate.gain to false",
        )
    asked_again = audio is not None or data.model.views > 1
    return CorpusTraining(
        data=data,
        places=places,
        # the weights of folds are only needed to ask again
        folds=[[replace(job, code=code, with_weights=asked_again) for job in jobs] for jobs in folds],
        release=release,
        members=chosen["members"],
        sources=sources,
        audio=audio,
        folder=study.derived / "trained" / name / corpus,
        log=study.derived / "logs" / "train" / corpus / f"{name}.json",
        columns={
            "model": name,
            "source": corpus,
            "target": corpus,
            "protocol": study.protocol(corpus),
            "sights": _sights(study, name),
            "trained_scheme": study.scheme(corpus),
        },
        release_of=lambda networks, precision: _release(
            study, data, networks, precision, chosen["mean_dev_score"], len(selection["groups"]), sources
        ),
        code=code,
    )


def _sights(study: Study, model: str) -> str:
    """What a model's answers about its test speakers have seen of these."""
    if study.models[model].selection == AS_PUBLISHED:
        return SELECTION
    return Sights("all", speakers=True).text if study.is_transductive(model) else Sights().text


def _release(
    study: Study,
    data: CorpusData,
    networks: list[Network],
    precision: str,
    mean_dev_score: float,
    groups: int,
    sources: dict[str, Path],
) -> Release:
    entry = dict(data.task_entry[1])
    heard = inputs.spec(data.model.input, study.inputs[data.model.input])
    base, teacher = _base(data), data.teacher and data.teacher[0]
    return Release(
        model=data.name,
        corpus=data.corpus,
        networks=networks,
        task=TaskOf(name=data.task_entry[0], task_type=str(entry.pop("task_type", data.task_entry[0])), options=entry),
        classes=list(data.classes),
        input=InputOf.stated(heard, data.store.num_dims, data.store.facts, base),
        base=base,
        teacher=None if teacher is None else _teacher(study, data, teacher),
        start=_start(data, data.members, data.full_names(data.everything())),
        scheme=study.scheme(data.corpus),
        protocol=study.protocol(data.corpus),
        seeds=study.train.seeds,
        precision=precision,
        weights_precision=PRECISION,
        train=study.training(data.name).model_dump(exclude={"executor"}),
        tuned=Tuned(
            groups=groups,
            num_trials=study.num_trials(data.name),
            dev_measure=data.task.dev_measure,
            mean_dev_score=mean_dev_score,
        ),
        sources={name: sha256_of(path) for name, path in sources.items()},
    )


def _base(data: CorpusData) -> Base | None:
    return Base(**data.heard.base) if data.heard.base else None


def _teacher(study: Study, data: CorpusData, teacher: CorpusData) -> TeacherOf:
    assert data.model.teacher is not None
    heard = inputs.spec(teacher.model.input, study.inputs[teacher.model.input])
    base = _base(teacher)
    return TeacherOf(
        model=teacher.name,
        architecture=teacher.model.architecture,
        hyperparameters=teacher.model.fixed,
        input=InputOf.stated(heard, teacher.store.num_dims, teacher.store.facts, base),
        base=base,
        share=data.model.teacher.share,
    )


def _start(data: CorpusData, members: Collection[str], names: Collection[str]) -> StartOf | None:
    """What the release of a model started from. members, names: see CorpusData.allowed."""
    if not isinstance(data.first, First):
        return None if data.first is None else data.first.facts
    first = data.first.data
    rows = first.allowed(members, names)
    return StartOf.stated(
        f"{first.name}@{first.corpus}",
        first.members,
        rows["speaker_id"],
        rows["sha256_samples"],
        _base(first.teacher[0]) if first.teacher else None,
        _start(first, members, names),
        epochs=data.first.epochs,
    )


def fold_job(data: CorpusData, recipe: Recipe, seed: int, fold: int) -> Job:
    """The training of a fold's network, chosen on the fold's dev speakers and tested on its test speakers; one that is
    fitted at once is fitted to the dev speakers too."""
    rows = [data.split(fold, split) for split in ("train", "dev", "test")]
    train, dev, test = map(data.examples, rows)
    name = f"{data.corpus}, fold {fold}, seed {seed}"
    if architectures.get(recipe.architecture).solve is not None:  # there is no epoch to choose
        return Job(name, replace(recipe, seed=seed), train + dev, None, test)
    first, both = rows[:1], rows[:2]
    return Job(
        name,
        replace(recipe, seed=seed),
        train,
        dev,
        test,
        lesson=data.lesson(*first),
        lesson_of_both=data.lesson(*both) if recipe.refit else None,
        start=data.start(seed, *first),
        start_of_both=data.start(seed, *both) if recipe.refit else None,
    )
