"""All trainings of a model: the folds of every corpus side by side, then the releases."""

import json
from collections.abc import Sequence
from pathlib import Path

from zoo.execute.settings import Settings
from zoo.files import write_text
from zoo.training.corpus import CorpusTraining
from zoo.training.results import write
from zoo.training.run import cost, run


def train(trainings: Sequence[CorpusTraining], settings: Settings, scratch: Path, title: str) -> None:
    """Run the trainings and write their results and costs; what an earlier run has finished is kept in `scratch`."""
    found = iter(run([job for one in trainings for jobs in one.folds for job in jobs], settings, scratch, title))
    folds = [[[next(found) for _ in jobs] for jobs in one.folds] for one in trainings]
    outcomes = [[[done.outcome for done in members] for members in own] for own in folds]
    lasts = [one.release_jobs(own) for one, own in zip(trainings, outcomes, strict=True)]
    found = iter(run([job for jobs in lasts for job in jobs], settings, scratch, f"{title}, releases"))
    for at, (one, jobs) in enumerate(zip(trainings, lasts, strict=True)):
        releases = [next(found) for _ in jobs]
        write(one, outcomes[at], jobs, releases)
        # beside the outputs, not among them: a time would make every rerun look new
        done = [done for members in folds[at] for done in members]
        write_text(one.log, json.dumps(cost([*done, *releases])) + "\n")
