"""Running the trials of a search."""

import json

from zoo.execute.settings import settings_of
from zoo.files import write_text
from zoo.study.study import Study
from zoo.training.job import Outcome
from zoo.training.run import cost, run
from zoo.tuning.search import Result, Trial


def run_trials(study: Study, trials: list[Trial]) -> list[Result]:
    """Run trials with the executor of the study's search; those of earlier runs are used again.

    Writes what they cost to derived/<study>/logs/tune/<corpus>/<model>.json.
    """
    scratch = study.derived.parent / "scratch" / "trials"
    found = run([trial.job for trial in trials], settings_of(study, "tune"), scratch, "tune")
    for corpus, model in dict.fromkeys((trial.corpus, trial.model) for trial in trials):
        own = [one for trial, one in zip(trials, found, strict=True) if (trial.corpus, trial.model) == (corpus, model)]
        # not in a table: seconds would make every rerun look new
        write_text(study.derived / "logs" / "tune" / corpus / f"{model}.json", json.dumps(cost(own)) + "\n")
    return [result_of(one.outcome) for one in found]


def result_of(outcome: Outcome) -> Result:
    """What a trial has found: epoch, dev_score and dev_loss of its best epoch, dev_scores of all epochs, its outputs
    for dev utterances, and for test utterances where it has any."""
    return {
        "epoch": outcome.best_epoch,
        "dev_score": outcome.dev_score,
        "dev_loss": outcome.dev_loss,
        "output_scale": outcome.output_scale,
        "dev_scores": list(outcome.dev_scores),
        "dev_outputs": [] if outcome.dev_outputs is None else outcome.dev_outputs.tolist(),
        "test_outputs": [] if outcome.outputs is None else outcome.outputs.tolist(),
    }
