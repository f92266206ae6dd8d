"""Some folds of a corpus, by models of the current study at their defaults: what a processor has time for.

zoo study use lora_development
dvc repro check_features
python benchmarks/some_folds.py CORPUS FOLDS [MODEL ...]     (such as nemo 0,1)

Each model is trained on a fold's training speakers, without a search and without a refit; its dev speakers choose the
epoch, and then its test speakers are asked. Prints the mean UAR of the dev speakers, and the UAR of all test speakers
with its interval, if they are four or more. What was trained is kept, so an interrupted run goes on.
"""

import sys
from pathlib import Path

import polars as pl

from zoo import metrics
from zoo.errors import WRONG_USAGE, ZooError, unknown
from zoo.evaluation.counting import by_speaker
from zoo.evaluation.intervals import jackknife
from zoo.execute.settings import settings_of
from zoo.study import params
from zoo.study.study import Study
from zoo.training import run
from zoo.training.corpus import fold_job
from zoo.training.data import load
from zoo.tuning.configurations import configurations


def row(study: Study, corpus: str, folds: list[int], model: str) -> str:
    """A line of a table in Markdown."""
    data, train, seed = load(study, corpus, model), study.training(model), study.train.seeds[0]
    [config] = configurations(study.models[model], 1, 0)
    recipe = data.recipe(config, train, epochs=train.max_epochs, patience=train.patience, seed=seed, refit=False)
    jobs = [fold_job(data, recipe, seed, fold) for fold in folds]
    done = run.run(jobs, settings_of(study, "train"), Path("derived/scratch/trainings"), model)
    answers, metric = data.task.answers, metrics.get("uar")
    assert answers is not None
    said = pl.concat(
        answers(data.split(fold, "test"), one.outcome.outputs).with_columns(pl.lit(seed).alias("seed"))
        for fold, one in zip(folds, done, strict=True)
        if one.outcome.outputs is not None
    )
    found = jackknife(by_speaker(said).sums(metric), metric, study.evaluate.confidence)
    interval = "no interval" if found.low is None else f"{found.low:.3f} to {found.high:.3f}"
    scores = [one.outcome.dev_score for one in done if one.outcome.dev_score is not None]
    dev = f"{sum(scores) / len(scores):.3f}" if scores else "none"
    epochs = ", ".join(str(one.outcome.best_epoch) for one in done)
    return f"| `{model}` | {dev} | {found.value:.3f} ({interval}) | {epochs} | {sum(one.seconds for one in done):.0f} |"


def main(corpus: str, folds: list[int], wanted: list[str]) -> None:
    """Print a line for each model, as soon as it is known."""
    study = params.load()
    if corpus not in study.sources:
        raise unknown("corpus or pool of the study", corpus, study.sources)
    for name in set(wanted) - set(study.models):
        raise unknown("model of the study", name, study.models)
    known = load(study, corpus, (wanted or list(study.models))[0]).fold_numbers
    if absent := sorted(set(folds) - set(known)):
        raise ZooError(f"{corpus} has no fold {absent[0]}", f"known: {', '.join(map(str, known))}", WRONG_USAGE)
    print("| model | UAR of dev speakers | UAR of test speakers | best epochs | seconds |")
    print("| --- | --- | --- | --- | --- |", flush=True)
    for model in wanted or study.models:
        print(row(study, corpus, folds, model), flush=True)


if __name__ == "__main__":
    if len(sys.argv) < 3 or not all(fold.isdecimal() for fold in sys.argv[2].split(",")):
        sys.exit("usage: python benchmarks/some_folds.py CORPUS FOLDS [MODEL ...]")
    try:
        main(sys.argv[1], [int(fold) for fold in sys.argv[2].split(",")], sys.argv[3:])
    except ZooError as error:
        print(f"error: {error.message}; {error.hint}", file=sys.stderr)
        sys.exit(WRONG_USAGE)
