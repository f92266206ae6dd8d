"""The one executor of trials and trainings: inline, in processes or on Ray, with the same results."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from zoo.execute.on_ray import on_ray
from zoo.execute.processes import in_processes, set_threads
from zoo.execute.progress import board
from zoo.execute.settings import Settings

OnEpoch = Callable[[int, float], None]  # epoch from 1, dev score (minus infinity without dev speakers)


class Done(NamedTuple):
    """What finished work reports. key: of its result, which the work has kept on the disk that all machines share."""

    best_epoch: int
    dev_score: float
    key: str


@dataclass(frozen=True)
class Work:
    """name: for people. epochs: the most that it takes. run: does it; pickled to other machines by Ray."""

    name: str
    epochs: int
    run: Callable[[OnEpoch], Done]


def execute(works: Sequence[Work], settings: Settings, title: str, kept: int = 0) -> list[Done]:
    """Run all works, each with one thread, and show their progress; what each reports, in their order.

    kept: how many more are there that are kept from earlier runs, for the display.
    Raises the first error of a work, as it was raised there, after all others are stopped; ZooError when a worker was
    killed from outside, or when Ray does not start.
    """
    with board(title, [(work.name, work.epochs) for work in works], kept) as reporter:

        def run(number: int) -> Done:
            done = works[number].run(lambda epoch, dev_score: reporter.epoch(number, epoch, dev_score))
            reporter.done(number, done.best_epoch, done.dev_score)
            return done

        workers = min(settings.resources.workers, len(works))
        if settings.executor == "ray":
            values = on_ray([work.run for work in works], settings, title, reporter)
            found = {number: Done(*fields) for number, fields in values.items()}
        elif settings.executor == "processes" and workers > 1:
            found = dict(in_processes(run, len(works), workers))
        else:
            set_threads(1)
            found = {number: run(number) for number in range(len(works))}
    return [found[number] for number in range(len(works))]
