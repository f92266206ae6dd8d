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
    found = iter(run([job for one in trainings for job in one.folds], settings, scratch, title))
    folds = [[next(found) for _ in one.folds] for one in trainings]
    outcomes = [[one.outcome for one in own] for own in folds]
    lasts = [one.release_job(own) for one, own in zip(trainings, outcomes, strict=True)]
    releases = run(lasts, settings, scratch, f"{title}, releases")
    for at, (one, last, released) in enumerate(zip(trainings, lasts, releases, strict=True)):
        write(one, outcomes[at], last, released.outcome, released.precision)
        # beside the outputs, not among them: a time would make every rerun look new
        write_text(one.log, json.dumps(cost([*folds[at], released])) + "\n")
