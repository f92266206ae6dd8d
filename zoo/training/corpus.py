"""All trainings of an architecture on a corpus: a model a fold and seed, then the release on all speakers."""

import json
import multiprocessing
import shutil
import signal
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import torch

from zoo import architectures
from zoo.errors import ZooError
from zoo.execute.progress import Reporter, board
from zoo.files import sha256_of, whole_file, write_text
from zoo.inputs.store import INDEX
from zoo.runtime.weights import PRECISION, save
from zoo.study import Study
from zoo.tables.folds import FOLDS
from zoo.tables.manifest import MANIFEST
from zoo.tables.predictions import PREDICTIONS
from zoo.training.batches import Examples
from zoo.training.checkpoints import key_of, load_progress, saver
from zoo.training.data import CorpusData, front_end_of, load
from zoo.training.device import best_device, precision_of
from zoo.training.loop import Progress, Recipe, fit, predict
from zoo.training.predictions import predictions_of, probabilities


@dataclass(frozen=True)
class Job:
    """A training: what it is called, how and on whom it trains, and whom its model is asked about."""

    name: str
    fold: int | None  # None: the release
    recipe: Recipe
    train: Examples
    dev: Examples | None
    test: Examples | None


@dataclass(frozen=True)
class Outcome:
    """What a training came to. logits: (num_test, num_classes), None where nobody was asked."""

    best_epoch: int
    dev_uar: float
    logits: npt.NDArray[np.float32] | None
    weights: dict[str, torch.Tensor]


def recipe_of(study: Study, data: CorpusData, architecture: str, config: dict[str, Any]) -> Recipe:
    """The recipe of a configuration that the search chose."""
    return Recipe(
        architecture=architecture,
        num_classes=len(data.classes),
        frames_per_s=data.frames_per_s,
        train=data.suited(study.train),
        max_epochs=study.train.max_epochs,
        schedule_epochs=study.train.max_epochs,
        patience=study.train.patience,
        seed=study.train.seeds[0],
        **config,
    )


def fold_jobs(data: CorpusData, recipes: dict[int, Recipe]) -> list[Job]:
    """A job for every seed and fold; recipes: by fold."""
    seeds = next(iter(recipes.values())).train.seeds
    return [
        Job(
            f"fold {fold}, seed {seed}",
            fold,
            replace(recipes[fold], seed=seed),
            data.examples(data.split(fold, "train")),
            data.examples(data.split(fold, "dev")),
            data.examples(data.split(fold, "test")),
        )
        for seed in seeds
        for fold in data.fold_numbers
    ]


def release_job(data: CorpusData, recipe: Recipe, fold_epochs: list[int]) -> Job:
    """All speakers, as many epochs as the folds' best ones in the median, no early stopping."""
    final = for_epochs(recipe, max(1, round(median(fold_epochs))))
    return Job("release", None, final, data.examples(data.of_speakers()), None, None)


def for_epochs(recipe: Recipe, epochs: int) -> Recipe:
    """The recipe without early stopping, the learning rate's whole way down in `epochs`."""
    return replace(recipe, max_epochs=epochs, schedule_epochs=epochs, patience=epochs + 1)


def run(jobs: list[Job], workers: int, scratch: Path, title: str) -> list[Outcome]:
    """Run the jobs, `workers` side by side with a thread each (one after the other on a GPU), in the order given.

    What is done or well under way is kept in `scratch`: an interrupted run goes on to the same result.
    """
    with board(title, [(job.name, job.recipe.max_epochs) for job in jobs]) as reporter:
        if workers == 1 or len(jobs) == 1 or best_device().type == "cuda":
            torch.set_num_threads(1)  # a release has the same bits whatever the number of cores
            return [run_job(number, job, scratch, reporter) for number, job in enumerate(jobs)]
        # forked workers share the imported torch and the features; torch's threads must not have started before
        context = multiprocessing.get_context("fork")
        with ProcessPoolExecutor(min(workers, len(jobs)), context, _start_worker, (jobs, scratch, reporter)) as pool:
            futures = [pool.submit(_run_in_worker, number) for number in range(len(jobs))]
            return list(_in_order(pool, futures))


_work: tuple[list[Job], Path, Reporter]  # of a worker process, inherited from its parent


def _start_worker(jobs: list[Job], scratch: Path, reporter: Reporter) -> None:
    global _work
    _work = jobs, scratch, reporter
    torch.set_num_threads(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's, which ends its workers


def _run_in_worker(number: int) -> Outcome:
    jobs, scratch, reporter = _work
    return run_job(number, jobs[number], scratch, reporter)


def _in_order(pool: ProcessPoolExecutor, futures: list[Future[Outcome]]) -> Iterator[Outcome]:
    try:
        pending = set(futures)
        while pending:
            done, pending = wait(pending, return_when=FIRST_COMPLETED)
            for future in done:
                future.result()  # the first failure ends them all
    except BrokenProcessPool as error:
        raise ZooError(
            "a training process was killed from outside, perhaps because memory ran out",
            "lower train.workers or train.batch_size in params.yaml and run it again: what is done is kept",
        ) from error
    except BaseException:
        for process in multiprocessing.active_children():
            process.terminate()
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    for future in futures:
        yield future.result()


def run_job(number: int, job: Job, scratch: Path, reporter: Reporter) -> Outcome:
    """Run a job, or take what an interrupted run has left of it."""
    key = key_of(job.recipe, job.train, job.dev, job.test)
    finished, unfinished = scratch / f"{key}.done", scratch / f"{key}.progress"
    if finished.exists():
        kept = torch.load(finished, weights_only=False)
        reporter.done(number, kept.best_epoch, kept.dev_uar)
        return kept  # type: ignore[no-any-return]
    save = saver(unfinished)

    def on_epoch(progress: Progress) -> None:
        reporter.epoch(number, progress.epoch, progress.dev_uar)
        save(progress)

    model, progress = fit(job.recipe, job.train, job.dev, load_progress(unfinished), on_epoch)
    if job.dev is not None and job.recipe.train.refit:
        # the dev speakers have told when to stop; now their speech may help to learn
        final = for_epochs(job.recipe, progress.best_epoch)
        again = unfinished.with_suffix(".refit")
        model, _ = fit(final, job.train + job.dev, None, load_progress(again), saver(again))
        again.unlink(missing_ok=True)
    logits = None if job.test is None else predict(model, job.test)
    weights = {name: value.detach().cpu() for name, value in model.state_dict().items()}
    outcome = Outcome(progress.best_epoch, progress.dev_uar, logits, weights)
    with whole_file(finished) as part:
        torch.save(outcome, part)
    unfinished.unlink(missing_ok=True)
    reporter.done(number, outcome.best_epoch, outcome.dev_uar)
    return outcome


def train_corpus(study: Study, corpus: str, architecture: str) -> None:
    """Write derived/<study>/trained/<corpus>/<architecture>/: the predictions of all folds, and the release."""
    derived = study.derived
    folder, scratch = derived / "trained" / corpus / architecture, derived / "scratch" / "train" / corpus / architecture
    sources = {
        "manifest": derived / "manifest" / f"{corpus}.parquet",
        "folds": derived / "folds" / f"{corpus}.parquet",
        "features": derived / "features" / corpus / front_end_of(architecture, study.features.front_ends) / INDEX,
        "tuned": derived / "tuned" / corpus / f"{architecture}.json",
    }
    FOLDS.read(sources["folds"], made_from={"manifest": sources["manifest"]})
    manifest = MANIFEST.read(sources["manifest"])
    data = load(study, corpus, architecture)
    tuned = json.loads(sources["tuned"].read_text())
    settings = {fold: group["config"] for group in tuned["groups"] for fold in group["folds"]}
    if sorted(settings) != data.fold_numbers:
        raise ZooError(f"{sources['tuned']} was made for other folds", "make it again: dvc repro")
    title = f"train {architecture}@{corpus}"
    started = time.monotonic()

    jobs = fold_jobs(data, {fold: recipe_of(study, data, architecture, settings[fold]) for fold in settings})
    outcomes = run(jobs, study.train.workers, scratch, title)
    final = recipe_of(study, data, architecture, tuned["release"]["config"])
    last = release_job(data, replace(final, seed=study.train.seeds[0]), [outcome.best_epoch for outcome in outcomes])
    [released] = run([last], 1, scratch, f"{title}, release")

    origin = manifest["origin"][0]
    tables = [
        predictions_of(
            data.split(job.fold, "test"),
            probabilities(outcome.logits),
            data.classes,
            architecture=architecture,
            source=corpus,
            target=corpus,
            protocol=study.folds[corpus],
            fold=str(job.fold),
            seed=job.recipe.seed,
            trained_scheme=study.labels[corpus],
            source_origin=origin,
            target_origin=origin,
        )
        for job, outcome in zip(jobs, outcomes, strict=True)
        if job.fold is not None and outcome.logits is not None
    ]
    model = architectures.build(architecture, last.recipe.hyperparameters, data.store.num_dims, len(data.classes))
    model.load_state_dict(released.weights)
    PREDICTIONS.write(pl.concat(tables), folder / "predictions.parquet", sources)
    save(model, folder / "release.safetensors")
    facts = {
        "architecture": architecture,
        "corpus": corpus,
        "scheme": study.labels[corpus],
        "protocol": study.folds[corpus],
        "classes": list(data.classes),
        "front_end": data.front_end,
        "front_end_parameters": data.store.parameters,
        "num_dims": data.store.num_dims,
        "hyperparameters": last.recipe.hyperparameters,
        "learning_rate": last.recipe.learning_rate,
        "weight_decay": last.recipe.weight_decay,
        "augmentation": last.recipe.augmentation,
        "config_id": tuned["release"]["config_id"],
        "epochs": last.recipe.max_epochs,
        "fold_epochs": [outcome.best_epoch for outcome in outcomes],
        "seed": last.recipe.seed,
        "seeds": study.train.seeds,
        "num_parameters": model.num_parameters,
        "weights_precision": PRECISION,
        "precision": precision_of(architecture, study.train.precision, best_device()),
        "train": study.train.model_dump(exclude={"workers"}),
        "tuned": {
            "groups": study.tune.groups,
            "num_trials": study.tune.num_trials,
            "mean_dev_uar": tuned["release"]["mean_dev_uar"],
        },
        "inputs": {name: sha256_of(path) for name, path in sources.items()},
    }
    write_text(folder / "release.json", json.dumps(facts, indent=2, sort_keys=True) + "\n")
    # beside the outputs, not among them: a time would make every rerun look new
    cost = {
        "seconds": round(time.monotonic() - started, 1),
        "workers": study.train.workers,
        "device": str(best_device()),
    }
    write_text(derived / "logs" / "train" / corpus / f"{architecture}.json", json.dumps(cost) + "\n")
    shutil.rmtree(scratch, ignore_errors=True)
