"""Running jobs, of trials and of trainings: what is kept is used again, the rest goes to the executor."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from zoo.errors import ZooError
from zoo.execute.executor import Done, OnEpoch, Work, execute
from zoo.execute.settings import Settings
from zoo.runtime.device import best_device
from zoo.training import resume
from zoo.training.job import Job
from zoo.training.loop import Progress
from zoo.training.resume import Finished


def run(jobs: Sequence[Job], settings: Settings, scratch: Path, title: str) -> list[Finished]:
    """Run jobs with one thread each; their results in their order, the same with every executor.

    Finished and partial trainings are kept in `scratch`: an interrupted run resumes and gives the same result. On a
    GPU, which forked processes cannot use, `processes` runs one job after the other; Ray can share one.
    """
    scratch = scratch.resolve()
    found = [resume.finished(scratch, resume.key_of(one)) for one in jobs]
    missing = [number for number, done in enumerate(found) if done is None]
    if missing:
        if settings.executor == "processes" and best_device().type == "cuda":
            settings = replace(settings, executor="inline")
        if firsts := _firsts([jobs[at] for at in missing]):
            run(firsts, settings, scratch, f"{title}, what is trained first")
        works = [Work(jobs[at].name, _epochs(jobs[at]), partial(_run, jobs[at], scratch)) for at in missing]
        for at, done in zip(missing, execute(works, settings, title, len(jobs) - len(missing)), strict=True):
            # under its own key: a worker on another machine may have another device
            found[at] = resume.finished(scratch, done.key)
            if found[at] is None:
                raise ZooError(
                    f"{jobs[at].name} has run, but its result is not in {scratch}",
                    "all machines must have the project's folder on storage that they share; then run it again",
                )
    return [done for done in found if done is not None]


def _firsts(jobs: Sequence[Job]) -> list[Job]:
    """The trainings that these start from, each once."""
    starts = [start for one in jobs for start in (one.start, one.start_of_both) if isinstance(start, Job)]
    return list({resume.key_of(start): start for start in starts}.values())


def cost(results: Sequence[Finished]) -> dict[str, Any]:
    """What trainings have cost when they were run: seconds of all together, how many, and where."""
    return {
        "seconds": round(sum(one.seconds for one in results), 1),
        "trainings": len(results),
        "device": ", ".join(sorted({one.device for one in results})),
    }


def _epochs(one: Job) -> int:
    """The most epochs that a job takes, refit included."""
    return one.recipe.max_epochs * (2 if one.recipe.refit and one.dev is not None else 1)


def _run(one: Job, scratch: Path, report: OnEpoch) -> Done:
    fitted = Progress()

    def on_epoch(progress: Progress) -> None:
        nonlocal fitted
        fitted = progress
        report(progress.epoch, progress.dev_score)

    def on_refit_epoch(progress: Progress) -> None:
        # it has no dev speakers, and counts on from the last epoch before it
        report(fitted.epoch + progress.epoch, fitted.dev_score)

    outcome = resume.run(one, scratch, on_epoch, on_refit_epoch)
    return Done(outcome.best_epoch, outcome.dev_score, resume.key_of(one))
