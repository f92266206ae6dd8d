"""What carries over to the next corpus: trained on each other corpus of the study, asked about nEMO.

zoo study use next_corpus
dvc repro check_features
python benchmarks/next_corpus.py [MODEL ...]

Every model of the study at its defaults is trained on all speakers of a corpus for a fixed number of epochs, for each
seed of the study, and answers about all of nEMO, in the study's labels. It prints UAR over nEMO's speakers and seeds;
nothing is scored on the corpora that were trained on. What was trained is kept, so an interrupted run goes on.
"""

import sys
from dataclasses import replace
from pathlib import Path

import polars as pl

from zoo import metrics
from zoo.evaluation.counting import by_speaker
from zoo.evaluation.intervals import Estimate, jackknife
from zoo.execute.settings import settings_of
from zoo.study import params
from zoo.study.study import Study
from zoo.training import run
from zoo.training.data import load
from zoo.training.job import Job
from zoo.tuning.configurations import configurations

TARGET = "nemo"
SECONDS = 60_000  # of speech that a training hears, the same for a large corpus and a small one


def jobs_of(study: Study, source: str, model: str) -> list[Job]:
    """A training for each seed."""
    data, target = load(study, source, model), load(study, TARGET, model)
    rows = data.everything()
    epochs = max(1, round(SECONDS / rows["duration_s"].sum()))
    [config] = configurations(study.models[model], 1, 0)
    recipe = data.recipe(config, study.training(model), epochs=epochs, patience=1, seed=0, refit=False)
    return [
        Job(
            f"{model}, {source} -> {TARGET}, seed {seed}",
            replace(recipe.for_epochs(epochs), seed=seed),
            data.examples(rows),
            test=target.examples(target.everything()),
        )
        for seed in study.train.seeds
    ]


def uar(study: Study, source: str, model: str) -> Estimate:
    """UAR of the answers about the target, with its interval over speakers."""
    jobs, target = jobs_of(study, source, model), load(study, TARGET, model)
    found = run.run(jobs, settings_of(study, "train"), Path("derived/scratch/trainings"), f"{model}, {source}")
    rows, answers = target.everything(), target.task.answers
    assert answers is not None
    said = pl.concat(
        answers(rows, one.outcome.outputs).with_columns(pl.lit(seed).alias("seed"))
        for seed, one in zip(study.train.seeds, found, strict=True)
        if one.outcome.outputs is not None
    )
    counted = by_speaker(said)
    metric = metrics.get("uar")
    return jackknife(counted.sums(metric), metric, study.evaluate.confidence)


def main(wanted: list[str]) -> None:
    """Print a line for each source and model, as soon as it is known."""
    study = params.load()
    for source in (corpus for corpus in study.corpora if corpus != TARGET):
        for model in wanted or study.models:
            one = uar(study, source, model)
            print(f"| {source} | `{model}` | {one.value:.3f} ({one.low:.3f} to {one.high:.3f}) |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
