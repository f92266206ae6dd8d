"""Selection as published: with the test speakers in view, as in many papers, to show what that is worth.

All leaks of the project are in this file, and there are three, those of the code that was published for `reslstm`
(Mak-Sim/ResLSTM-SER on GitHub, train.ipynb): features are standardised over all speakers; the configuration is the one
whose trials answer best on the test utterances of all folds together; and of all seeds the one whose answers to them
are best is reported. Epochs are chosen on dev speakers, there as here. Trials, epochs and seeds are those of the nested
twin, so that the difference between both is the debt of the selection alone.

Nothing that is made here is ranked, compared with other models, or released.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from zoo.tables.as_published import AS_PUBLISHED
from zoo.tasks.contract import Numbers, Task
from zoo.training.data import CorpusData
from zoo.training.job import Job, Outcome


def standardised_over_everybody(job: Job, data: CorpusData) -> Job:
    """The job, its inputs standardised over all speakers, the test speakers among them."""
    return replace(job, standardised_over=data.examples(data.everything()))


def trial(job: Job, data: CorpusData, folds: Sequence[int]) -> Job:
    """The trial of a nested search that also answers the test utterances of the folds that it is for."""
    tested = pl.concat(data.split(fold, "test") for fold in folds)
    return replace(standardised_over_everybody(job, data), test=data.examples(tested))


def best_configuration(task: Task, trials: Sequence[tuple[int, Job, Numbers]]) -> tuple[int, float]:
    """The configuration whose trials answer the test utterances of all folds together best, and its score.

    trials: configuration, job and test outputs (N, O). The score is what the task validates by, such as UAR; ties go to
    the earlier configuration.
    """
    scores = {}
    for number in sorted({number for number, _, _ in trials}):
        own = [(job, outputs) for config_id, job, outputs in trials if config_id == number]
        scores[number] = _score(task, own)
    best = max(scores, key=lambda number: scores[number])
    return best, scores[best]


def reported(
    predictions: pl.DataFrame,
    task: Task,
    places: Sequence[tuple[int, int]],
    jobs: Sequence[Sequence[Job]],
    outcomes: Sequence[Sequence[Outcome]],
) -> pl.DataFrame:
    """An AS_PUBLISHED frame of the predictions of all seeds, which says whose are the best of the test utterances.

    places: seed and fold of each of the jobs and outcomes, one of each; ties go to the earlier seed.
    """
    scores = {}
    for seed in dict.fromkeys(seed for seed, _ in places):
        own = [
            (job, outcome.outputs)
            for (of, _), [job], [outcome] in zip(places, jobs, outcomes, strict=True)
            if of == seed and outcome.outputs is not None
        ]
        scores[seed] = _score(task, own)
    best = max(scores, key=lambda seed: scores[seed])
    told = predictions.with_columns(pl.lit("as_published").alias("selection"), (pl.col("seed") == best).alias("best"))
    return told.select(list(AS_PUBLISHED.columns))


def _score(task: Task, answers: Sequence[tuple[Job, Numbers]]) -> float:
    """Of the answers of all jobs together to their test utterances."""
    targets = [job.test.targets for job, _ in answers if job.test is not None]
    score = task.dev_score(np.concatenate([outputs for _, outputs in answers]), np.concatenate(targets))
    return score if np.isfinite(score) else float("-inf")
