"""One fold of a corpus, by models of the current study at their fixed hyperparameters: what a processor has time for.

zoo study use lora_development
dvc repro check_features
python benchmarks/one_fold.py CORPUS FOLD [MODEL ...]

Each model is trained on the fold's training speakers, without a search and without a refit; its dev speakers choose the
epoch, and then its test speakers are asked. Prints the UAR of both, the latter with its interval over speakers, if there
are four. What was trained is kept, so an interrupted run goes on.
"""

import sys
from dataclasses import replace
from pathlib import Path

from zoo import metrics
from zoo.evaluation.counting import by_speaker
from zoo.evaluation.intervals import jackknife
from zoo.execute.settings import settings_of
from zoo.study import params
from zoo.study.study import Study
from zoo.training import run
from zoo.training.corpus import fold_job
from zoo.training.data import load
from zoo.tuning.configurations import configurations


def row(study: Study, corpus: str, fold: int, model: str) -> str:
    """A line of a table in Markdown."""
    data, train, seed = load(study, corpus, model), study.training(model), study.train.seeds[0]
    [config] = configurations(study.models[model], 1, 0)
    recipe = data.recipe(config, train, epochs=train.max_epochs, patience=train.patience, seed=seed, refit=False)
    job = fold_job(data, replace(recipe, seed=seed), seed, fold)
    [done] = run.run([job], settings_of(study, "train"), Path("derived/scratch/trainings"), f"{model}, fold {fold}")
    asked, answers = data.split(fold, "test"), data.task.answers
    assert answers is not None
    assert done.outcome.outputs is not None
    counted, metric = by_speaker(answers(asked, done.outcome.outputs)), metrics.get("uar")
    found = jackknife(counted.sums(metric), metric, study.evaluate.confidence)
    interval = "no interval" if found.low is None else f"{found.low:.3f} to {found.high:.3f}"
    return (
        f"| `{model}` | {done.outcome.dev_score:.3f} | {found.value:.3f} ({interval}) | {done.outcome.best_epoch} "
        f"| {done.seconds:.0f} |"
    )


def main(corpus: str, fold: int, wanted: list[str]) -> None:
    """Print a line for each model, as soon as it is known."""
    study = params.load()
    print(f"| {corpus}, fold {fold} | UAR of dev speakers | UAR of test speakers | best epoch | seconds |")
    print("| --- | --- | --- | --- | --- |", flush=True)
    for model in wanted or study.models:
        print(row(study, corpus, fold, model), flush=True)


if __name__ == "__main__":
    if len(sys.argv) < 3 or not sys.argv[2].isdecimal():
        sys.exit("usage: python benchmarks/one_fold.py CORPUS FOLD [MODEL ...]")
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3:])
