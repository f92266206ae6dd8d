"""Parallel work in processes of one thread each."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import Any, Literal, TypeVar

from zoo.errors import ZooError

T = TypeVar("T")
_work: Callable[[int], Any]  # of a worker process, inherited from its parent


class _Stopped(SystemExit):
    """Raised in a worker that is stopped, so that it removes what it has half written."""


def in_processes(
    work: Callable[[int], T], number: int, workers: int, start: Literal["fork", "spawn"] = "fork"
) -> Iterator[tuple[int, T]]:
    """`work(0)` to `work(number - 1)`, `workers` of them at a time; each with its number, as they finish.

    start: forked workers share what the parent has imported and opened, and must not use what has started threads
    there, such as polars and torch; spawned ones import all anew, which takes seconds, and get `work` pickled.
    The first failure stops them all. Raises ZooError when a worker was killed from outside.
    """
    context = multiprocessing.get_context(start)
    with ProcessPoolExecutor(min(workers, number), context, _start, (work,)) as pool:
        futures = {pool.submit(_call, index): index for index in range(number)}
        try:
            yield from _done(futures)
        except BrokenProcessPool as error:
            raise killed("lower execute.workers") from error
        except BaseException:
            for process in multiprocessing.active_children():
                process.terminate()
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def killed(remedy: str) -> ZooError:
    """The error for a worker that was killed from outside. remedy: fewer at a time."""
    return ZooError(
        "a worker process was killed from outside, perhaps because memory ran out",
        f"{remedy} or lower train.batch_size in params.yaml and run it again; finished trainings are kept",
    )


def _done(futures: dict[Future[Any], int]) -> Iterator[tuple[int, Any]]:
    pending = set(futures)
    while pending:
        done, pending = wait(pending, return_when=FIRST_COMPLETED)
        for future in done:
            yield futures[future], future.result()


def _start(work: Callable[[int], Any]) -> None:
    global _work
    _work = work
    set_threads(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent handles Ctrl-C and stops its workers
    signal.signal(signal.SIGTERM, _stop)


def _stop(*_: object) -> None:
    raise _Stopped(1)


def _call(number: int) -> Any:
    try:
        return _work(number)
    except _Stopped:
        os._exit(1)  # the pool would hand on the error and go on with other work


def set_threads(number: int) -> None:
    """Set the number of torch's threads. With one, a training gives the same bits whatever the number of cores."""
    import torch

    torch.set_num_threads(number)
