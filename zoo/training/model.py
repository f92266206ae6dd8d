"""All trainings of an architecture in a study: per corpus the folds with each seed, then the release."""

import json
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

import polars as pl

from zoo import architectures
from zoo.errors import ZooError
from zoo.execute.processes import in_processes, set_threads
from zoo.execute.progress import Reporter, board
from zoo.files import sha256_of, whole_folder, write_text
from zoo.inputs.store import INDEX
from zoo.runtime.device import best_device, precision_of
from zoo.runtime.inference import probabilities
from zoo.runtime.weights import PRECISION, save
from zoo.study.study import Study
from zoo.tables.folds import FOLDS
from zoo.tables.manifest import MANIFEST
from zoo.tables.predictions import PREDICTIONS, predictions_of
from zoo.training import resume
from zoo.training.data import CorpusData, load
from zoo.training.job import Job, Outcome
from zoo.training.loop import Progress
from zoo.training.recipe import Recipe

Selection = dict[str, Any]  # the configurations that the search selected: zoo.tuning.selection


class CorpusTraining:
    """The trainings of an architecture on one corpus of a study."""

    def __init__(self, study: Study, corpus: str, architecture: str, selection: Selection) -> None:
        derived = study.derived
        self.study, self.corpus, self.selection = study, corpus, selection
        self.data = load(study, corpus, architecture)
        self.sources = {
            "manifest": derived / "manifest" / f"{corpus}.parquet",
            "folds": derived / "folds" / f"{corpus}.parquet",
            "features": self.data.store.folder / INDEX,
            "tuned": derived / "tuned" / architecture / f"{corpus}.json",
        }
        FOLDS.read(self.sources["folds"], made_from={"manifest": self.sources["manifest"]})
        settings = {fold: group["config"] for group in selection["groups"] for fold in group["folds"]}
        if sorted(settings) != self.data.fold_numbers:
            raise ZooError(f"{self.sources['tuned']} was made for other folds", "run `dvc repro` to make it again")
        recipes = {fold: recipe_for(study, self.data, config) for fold, config in settings.items()}
        self.fold_jobs = fold_jobs(self.data, recipes, study.train.seeds)

    def release_job(self, outcomes: Sequence[Outcome]) -> Job:
        """All speakers, the median of the folds' best epochs, no early stopping."""
        recipe = recipe_for(self.study, self.data, self.selection["release"]["config"])
        epochs = max(1, round(median(outcome.best_epoch for outcome in outcomes)))
        examples = self.data.examples(self.data.of_speakers())
        return Job(f"{self.corpus}, release", recipe.for_epochs(epochs), examples, with_weights=True)

    def write(self, outcomes: Sequence[Outcome], last: Job, released: Outcome) -> None:
        """Write derived/<study>/trained/<architecture>/<corpus>/: the predictions of all folds, and the release."""
        data, architecture = self.data, self.data.architecture
        model = architectures.build(architecture, last.recipe.hyperparameters, data.store.num_dims, len(data.classes))
        assert released.weights is not None
        model.load_state_dict(released.weights)
        with whole_folder(self.study.derived / "trained" / architecture / self.corpus) as folder:
            PREDICTIONS.write(self._predictions(outcomes), folder / "predictions.parquet", self.sources)
            save(model, folder / "release.safetensors")
            facts = json.dumps(self._facts(outcomes, last, released), indent=2, sort_keys=True)
            write_text(folder / "release.json", facts + "\n")

    def _predictions(self, outcomes: Sequence[Outcome]) -> pl.DataFrame:
        study, data, corpus = self.study, self.data, self.corpus
        origin = MANIFEST.read(self.sources["manifest"])["origin"][0]
        tables = []
        places = [(seed, fold) for seed in study.train.seeds for fold in data.fold_numbers]
        for (seed, fold), outcome in zip(places, outcomes, strict=True):
            assert outcome.logits is not None
            tables.append(
                predictions_of(
                    data.split(fold, "test"),
                    probabilities(outcome.logits),
                    data.classes,
                    architecture=data.architecture,
                    source=corpus,
                    target=corpus,
                    protocol=study.folds[corpus],
                    fold=str(fold),
                    seed=seed,
                    trained_scheme=study.labels[corpus],
                    source_origin=origin,
                    target_origin=origin,
                )
            )
        return pl.concat(tables)

    def _facts(self, outcomes: Sequence[Outcome], last: Job, released: Outcome) -> dict[str, Any]:
        study, data, config = self.study, self.data, self.selection["release"]["config"]
        return {
            "architecture": data.architecture,
            "corpus": self.corpus,
            "scheme": study.labels[self.corpus],
            "protocol": study.folds[self.corpus],
            "classes": list(data.classes),
            "front_end": data.front_end,
            "front_end_parameters": data.store.parameters,
            "num_dims": data.store.num_dims,
            "hyperparameters": config["hyperparameters"],
            "learning_rate": config["learning_rate"],
            "weight_decay": config["weight_decay"],
            "augmentation": config["augmentation"],
            "config_id": self.selection["release"]["config_id"],
            "epochs": last.recipe.max_epochs,
            "fold_epochs": [outcome.best_epoch for outcome in outcomes],
            "seed": last.recipe.seed,
            "seeds": study.train.seeds,
            "num_parameters": released.num_parameters,
            "weights_precision": PRECISION,
            "precision": precision_of(data.architecture, study.train.precision, best_device()),
            "train": study.train.model_dump(exclude={"workers"}),
            "tuned": {
                "groups": study.tune.groups,
                "num_trials": study.tune.num_trials,
                "mean_dev_uar": self.selection["release"]["mean_dev_uar"],
            },
            "inputs": {name: sha256_of(path) for name, path in self.sources.items()},
        }


def recipe_for(study: Study, data: CorpusData, config: dict[str, Any]) -> Recipe:
    """The recipe of a configuration that the search selected, with the first seed."""
    train = study.train
    return data.recipe(
        config, train, epochs=train.max_epochs, patience=train.patience, seed=train.seeds[0], refit=train.refit
    )


def fold_jobs(data: CorpusData, recipes: dict[int, Recipe], seeds: list[int]) -> list[Job]:
    """A job for every seed and fold; recipes: by fold."""
    return [
        Job(
            f"{data.corpus}, fold {fold}, seed {seed}",
            replace(recipes[fold], seed=seed),
            data.examples(data.split(fold, "train")),
            data.examples(data.split(fold, "dev")),
            data.examples(data.split(fold, "test")),
        )
        for seed in seeds
        for fold in data.fold_numbers
    ]


def train_model(study: Study, architecture: str, selections: dict[str, Selection]) -> None:
    """Write derived/<study>/trained/<architecture>/<corpus>/ for every corpus. selections: by corpus.

    The folds of all corpora are trained in parallel, then all releases; finished trainings of earlier runs are reused.
    """
    trainings = [CorpusTraining(study, corpus, architecture, selections[corpus]) for corpus in study.corpora]
    scratch = study.derived.parent / "scratch" / "trainings"
    title = f"train {architecture}"
    found = iter(run([job for one in trainings for job in one.fold_jobs], study.train.workers, scratch, title))
    folds = [[next(found) for _ in one.fold_jobs] for one in trainings]
    outcomes = [[outcome for outcome, _ in own] for own in folds]
    lasts = [one.release_job(own) for one, own in zip(trainings, outcomes, strict=True)]
    releases = run(lasts, study.train.workers, scratch, title)
    for at, (one, last, (released, seconds)) in enumerate(zip(trainings, lasts, releases, strict=True)):
        one.write(outcomes[at], last, released)
        # beside the outputs, not among them: a duration would make every rerun look different
        cost = {
            "seconds": round(seconds + sum(taken for _, taken in folds[at]), 1),
            "workers": study.train.workers,
            "device": str(best_device()),
        }
        write_text(study.derived / "logs" / "train" / one.corpus / f"{architecture}.json", json.dumps(cost) + "\n")


def run(jobs: list[Job], workers: int, scratch: Path, title: str) -> list[tuple[Outcome, float]]:
    """Run jobs in parallel with one thread each (one after the other on a GPU); outcomes in their order, with seconds.

    Finished and partial trainings are kept in `scratch`: an interrupted run resumes and gives the same result.
    """
    with board(title, [(job.name, job.recipe.max_epochs) for job in jobs]) as reporter:

        def work(number: int) -> tuple[Outcome, float]:
            started = time.monotonic()
            return _reported(number, jobs[number], scratch, reporter), time.monotonic() - started

        if workers == 1 or len(jobs) == 1 or best_device().type == "cuda":
            set_threads(1)
            return [work(number) for number in range(len(jobs))]
        found = dict(in_processes(work, len(jobs), workers))
        return [found[number] for number in range(len(jobs))]


def _reported(number: int, job: Job, scratch: Path, reporter: Reporter) -> Outcome:
    def on_epoch(progress: Progress) -> None:
        reporter.epoch(number, progress.epoch, progress.dev_uar)

    outcome = resume.run(job, scratch, on_epoch)
    reporter.done(number, outcome.best_epoch, outcome.dev_uar)
    return outcome
