"""All trainings of a model: the folds of every corpus side by side, then the releases."""

import json
import time
from collections.abc import Sequence
from pathlib import Path

from zoo.execute.processes import in_processes, set_threads
from zoo.execute.progress import Reporter, board
from zoo.files import write_text
from zoo.runtime.device import best_device
from zoo.training import resume
from zoo.training.corpus import CorpusTraining
from zoo.training.job import Job, Outcome
from zoo.training.loop import Progress
from zoo.training.results import write


def train(trainings: Sequence[CorpusTraining], workers: int, scratch: Path, title: str) -> None:
    """Run the trainings and write their results and costs; what an earlier run has finished is kept in `scratch`."""
    found = iter(run([job for one in trainings for job in one.folds], workers, scratch, title))
    folds = [[next(found) for _ in one.folds] for one in trainings]
    outcomes = [[outcome for outcome, _ in own] for own in folds]
    lasts = [one.release_job(own) for one, own in zip(trainings, outcomes, strict=True)]
    releases = run(lasts, workers, scratch, title)
    for at, (one, last, (released, seconds)) in enumerate(zip(trainings, lasts, releases, strict=True)):
        write(one, outcomes[at], last, released)
        # beside the outputs, not among them: a time would make every rerun look new
        taken = round(seconds + sum(own for _, own in folds[at]), 1)
        cost = {"seconds": taken, "workers": workers, "device": str(best_device())}
        write_text(one.log, json.dumps(cost) + "\n")


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
        reporter.epoch(number, progress.epoch, progress.dev_score)

    outcome = resume.run(job, scratch, on_epoch)
    reporter.done(number, outcome.best_epoch, outcome.dev_score)
    return outcome
