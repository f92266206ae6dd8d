"""A progress bar for each job, with the current dev score, updated from worker processes."""

import math
import multiprocessing
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Reporter:
    """Reports the progress of jobs to the board; may be used from forked processes."""

    def __init__(self, pipe: Any) -> None:
        self._pipe = pipe

    def epoch(self, number: int, epoch: int, dev_score: float) -> None:
        """After an epoch; dev_score is minus infinity where there are no dev speakers."""
        self._pipe.send((number, epoch, dev_score, False))

    def done(self, number: int, best_epoch: int, dev_score: float) -> None:
        """After the last epoch."""
        self._pipe.send((number, best_epoch, dev_score, True))


@contextmanager
def board(title: str, jobs: list[tuple[str, int]], kept: int = 0) -> Iterator[Reporter]:
    """Show jobs (name, maximum of epochs) while the block runs: as bars on a terminal, else one line each.

    kept: how many more are there that are not run, since earlier runs have kept their results.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    # a pipe and no queue: so short a message is written at once, so there is no lock that a killed worker could hold
    receiver, sender = _processes.Pipe(duplex=False)
    console = Console(file=sys.stderr)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("dev score {task.fields[score]}"),
        TimeElapsedColumn(),
    )
    total, finished = kept + len(jobs), kept
    if kept:
        console.print(f"{title}: {kept} of {total} are kept from earlier runs", highlight=False, soft_wrap=True)
    with Progress(*columns, console=console, disable=not console.is_terminal) as bars:
        everything = bars.add_task(title, total=total, completed=kept, score="")
        tasks: dict[int, Any] = {}

        def watch() -> None:
            nonlocal finished
            while (message := receiver.recv()) is not None:
                number, epoch, score, done = message
                name, epochs = jobs[number]
                text = f"{score:.3f}" if math.isfinite(score) else "none"
                finished += done
                if not console.is_terminal and done:
                    line = f"{title} {finished}/{total}: {name}: best epoch {epoch}, dev score {text}"
                    console.print(line, highlight=False, soft_wrap=True)
                if number not in tasks and not done:
                    tasks[number] = bars.add_task(f"  {name}", total=epochs, score=text)
                if done:
                    bars.advance(everything)
                    if number in tasks:
                        bars.remove_task(tasks[number])
                else:
                    bars.update(tasks[number], completed=epoch, score=text)

        thread = threading.Thread(target=watch, daemon=True)
        thread.start()
        try:
            yield Reporter(sender)
        finally:
            sender.send(None)
            thread.join(timeout=5)
            sender.close()
            receiver.close()


_processes = multiprocessing.get_context("fork")
