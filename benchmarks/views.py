"""Whether a model answers better when it hears several views of a test utterance: itself, and augmented copies of it.

python benchmarks/views.py MODEL CORPUS

A model of the current study that is fitted at once, on an input with copies, as its search selected it. Prints the UAR
of all folds' test speakers by the mean of its probabilities over so many views.
"""

import sys

import numpy as np

from zoo.errors import WRONG_USAGE, ZooError, unknown
from zoo.runtime.inference import outputs_of
from zoo.study import params
from zoo.tasks.classes import softmax
from zoo.training.corpus import fold_job
from zoo.training.data import load
from zoo.training.solved import solve
from zoo.tuning.selection import read_selection


def main(model: str, corpus: str) -> None:
    """Print the UAR by number of views."""
    study = params.load()
    if model not in study.models:
        raise unknown("model of the study", model, study.models)
    if corpus not in study.sources:
        raise unknown("corpus or pool of the study", corpus, study.sources)
    data, train = load(study, corpus, model), study.training(model)
    hits: dict[int, list[np.ndarray]] = {}
    labels = []
    for group in read_selection(study, corpus, model)["groups"]:
        config = group["members"][0]["config"]
        recipe = data.recipe(config, train, epochs=1, patience=1, seed=train.seeds[0], refit=False)
        for fold in group["folds"]:
            job = fold_job(data, recipe, train.seeds[0], fold)
            assert job.test is not None
            network = solve(job.recipe, job.train)
            names = job.test.utterance_ids
            views = [softmax(outputs_of(network, data.store, names, copy)) for copy in range(1 + data.store.copies)]
            labels.append(job.test.targets.argmax(axis=1))
            for number in range(1, len(views) + 1):
                hits.setdefault(number, []).append(np.mean(views[:number], axis=0).argmax(axis=1) == labels[-1])
    of = np.concatenate(labels)
    for number, parts in hits.items():
        right = np.concatenate(parts)
        uar = np.mean([right[of == label].mean() for label in np.unique(of)])
        print(f"{model}@{corpus}: UAR {uar:.4f} by {number} view{'s' if number > 1 else ''}")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python benchmarks/views.py MODEL CORPUS")
    try:
        main(*sys.argv[1:])
    except ZooError as error:
        print(f"error: {error.message}; {error.hint}", file=sys.stderr)
        sys.exit(WRONG_USAGE)
