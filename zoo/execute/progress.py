"""A progress bar for each training, with the current dev UAR, updated from worker processes."""

import multiprocessing
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Reporter:
    """Reports the progress of trainings to the board; may be used from forked processes."""

    def __init__(self, queue: Any) -> None:
        self._queue = queue

    def epoch(self, number: int, epoch: int, dev_uar: float) -> None:
        """After an epoch; dev_uar is negative where there are no dev speakers."""
        self._queue.put((number, epoch, dev_uar, False))

    def done(self, number: int, best_epoch: int, dev_uar: float) -> None:
        """After the last epoch."""
        self._queue.put((number, best_epoch, dev_uar, True))


@contextmanager
def board(title: str, trainings: list[tuple[str, int]]) -> Iterator[Reporter]:
    """Show trainings (name, maximum of epochs) while the block runs: as bars on a terminal, else one line each."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    queue = _queues.SimpleQueue()
    console = Console(file=sys.stderr)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("dev UAR {task.fields[uar]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as bars:
        everything = bars.add_task(title, total=len(trainings), uar="")
        tasks: dict[int, Any] = {}

        def watch() -> None:
            while (message := queue.get()) is not None:
                number, epoch, uar, done = message
                name, epochs = trainings[number]
                text = f"{uar:.3f}" if uar >= 0 else "none"
                if not console.is_terminal and done:
                    console.print(f"{title}: {name}: best epoch {epoch}, dev UAR {text}")
                if number not in tasks and not done:
                    tasks[number] = bars.add_task(f"  {name}", total=epochs, uar=text)
                if done:
                    bars.advance(everything)
                    if number in tasks:
                        bars.remove_task(tasks[number])
                else:
                    bars.update(tasks[number], completed=epoch, uar=text)

        thread = threading.Thread(target=watch, daemon=True)
        thread.start()
        try:
            yield Reporter(queue)
        finally:
            queue.put(None)
            thread.join(timeout=5)


_queues = multiprocessing.get_context("fork")
