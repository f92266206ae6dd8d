"""Extract features: decode every utterance once and write the frames of all front-ends to their stores."""

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from itertools import islice
from os import cpu_count
from pathlib import Path

import numpy as np
import polars as pl

from zoo import audio, inputs
from zoo.errors import ZooError
from zoo.files import whole_folder
from zoo.inputs import store
from zoo.inputs.contract import Frames, FrontEnd


def extract(manifest: pl.DataFrame, corpus: Path, folder: Path, front_ends: Sequence[str], dtype: str) -> None:
    """Write `folder`/<front-end>/ for each front-end; memory does not grow with the corpus.

    Raises ZooError naming the utterance whose audio is missing or broken; then nothing is written.
    """
    chosen = [inputs.get(name) for name in front_ends]
    rows = list(manifest.select("utterance_id", "path").iter_rows())
    with whole_folder(folder) as part, ExitStack() as stack:
        writers = []
        for front_end in chosen:
            (part / front_end.name).mkdir()
            writers.append(stack.enter_context(store.Writer(part / front_end.name, front_end, dtype)))
        for utterance_id, arrays in _computed(rows, corpus, chosen):
            for writer, frames in zip(writers, arrays, strict=True):
                writer.add(utterance_id, frames)


def _computed(
    rows: list[tuple[str, str]], corpus: Path, front_ends: list[FrontEnd]
) -> Iterator[tuple[str, list[Frames]]]:
    """The frames of each utterance, in the manifest's order; in threads, since decoding and FFTs release the GIL."""

    def compute(path: str) -> list[Frames]:
        samples = audio.load(corpus / path)
        return [front_end.compute(samples) for front_end in front_ends]

    waiting: deque[tuple[str, Future[list[Frames]]]] = deque()
    remaining = iter(rows)
    workers = cpu_count() or 1
    with ThreadPoolExecutor(workers) as pool:
        while True:
            for utterance_id, path in islice(remaining, 4 * workers - len(waiting)):
                waiting.append((utterance_id, pool.submit(compute, path)))
            if not waiting:
                return
            utterance_id, future = waiting.popleft()
            arrays = future.result()
            if not all(np.isfinite(frames).all() for frames in arrays):
                raise ZooError(f"the features of '{utterance_id}' are not finite", "check its audio file")
            yield utterance_id, arrays
