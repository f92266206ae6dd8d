"""Extract an input of a corpus: decode every utterance, compute the input, and write it to the store."""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from os import cpu_count
from pathlib import Path

import numpy as np
import polars as pl

from zoo import audio, inputs
from zoo.errors import ZooError
from zoo.files import whole_folder
from zoo.inputs import store
from zoo.inputs.contract import Frames, Input, Spec


def extract(manifest: pl.DataFrame, corpus: Path, folder: Path, spec: Spec, where: str = "the input") -> None:
    """Write the store of an input into `folder`; memory does not grow with the corpus.

    where: the place that declares the input, for messages.
    Raises ZooError naming the utterance whose audio is missing or broken; then nothing is written.
    """
    wanted = inputs.build(spec, where)
    rows = list(manifest.select("utterance_id", "path").iter_rows())
    with whole_folder(folder) as part, store.Writer(part, wanted, spec.dtype) as writer:
        for utterance_id, frames in _computed(rows, corpus, wanted):
            writer.add(utterance_id, frames)


def _computed(rows: list[tuple[str, str]], corpus: Path, wanted: Input) -> Iterator[tuple[str, Frames]]:
    """The input of each utterance, in the manifest's order; in threads, since decoding and FFTs release the GIL."""

    def compute(path: str) -> Frames:
        return wanted.compute([audio.load(corpus / path)])[0]

    waiting: deque[tuple[str, Future[Frames]]] = deque()
    remaining = iter(rows)
    workers = cpu_count() or 1
    with ThreadPoolExecutor(workers) as pool:
        while True:
            for utterance_id, path in islice(remaining, 4 * workers - len(waiting)):
                waiting.append((utterance_id, pool.submit(compute, path)))
            if not waiting:
                return
            utterance_id, future = waiting.popleft()
            frames = future.result()
            if not np.isfinite(frames).all():
                raise ZooError(f"the features of '{utterance_id}' are not finite", "check its audio file")
            yield utterance_id, frames
