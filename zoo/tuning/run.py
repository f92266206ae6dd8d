"""Running the trials of a search."""

import sys
from pathlib import Path
from typing import Any

from zoo.execute.on_ray import on_ray
from zoo.study.study import Study
from zoo.training import resume
from zoo.tuning.search import Result, Trial


def run_on_ray(study: Study, trials: list[Trial]) -> list[Result]:
    """Run trials in parallel on Ray and print one line each; results of earlier runs are reused."""
    scratch = study.derived.resolve().parent / "scratch" / "trials"
    done = 0

    def work(number: int) -> Result:
        return run_here(trials[number], scratch)

    def on_done(number: int, result: dict[str, Any]) -> None:
        nonlocal done
        done += 1
        line = f"tune {done}/{len(trials)}: {trials[number].job.name}: dev score {result['dev_score']:.3f}"
        print(line, file=sys.stderr, flush=True)

    found = on_ray(work, len(trials), study.tune, study.derived / "scratch" / "ray", on_done)
    return [found[number] for number in range(len(trials))]


def run_here(trial: Trial, scratch: Path) -> Result:
    """Run a trial in this process: epoch, dev_score and dev_loss of the best epoch, and num_parameters."""
    outcome = resume.run(trial.job, scratch, lambda progress: None)
    return {
        "epoch": outcome.best_epoch,
        "dev_score": outcome.dev_score,
        "dev_loss": outcome.dev_loss,
        "num_parameters": outcome.num_parameters,
    }
