"""A progress bar for each training, with the current dev score, updated from worker processes."""

import math
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

    def epoch(self, number: int, epoch: int, dev_score: float) -> None:
        """After an epoch; dev_score is minus infinity where there are no dev speakers."""
        self._queue.put((number, epoch, dev_score, False))

    def done(self, number: int, best_epoch: int, dev_score: float) -> None:
        """After the last epoch."""
        self._queue.put((number, best_epoch, dev_score, True))


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
        TextColumn("dev score {task.fields[score]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as bars:
        everything = bars.add_task(title, total=len(trainings), score="")
        tasks: dict[int, Any] = {}

        def watch() -> None:
            while (message := queue.get()) is not None:
                number, epoch, score, done = message
                name, epochs = trainings[number]
                text = f"{score:.3f}" if math.isfinite(score) else "none"
                if not console.is_terminal and done:
                    console.print(f"{title}: {name}: best epoch {epoch}, dev score {text}")
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
            yield Reporter(queue)
        finally:
            queue.put(None)
            thread.join(timeout=5)


_queues = multiprocessing.get_context("fork")
