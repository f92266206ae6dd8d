"""Extract an input of a corpus: decode every utterance, compute the input, and write it to the store."""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import islice
from os import cpu_count
from pathlib import Path

import numpy as np
import polars as pl

from zoo import audio, inputs
from zoo.audio import RATE_HZ
from zoo.errors import ZooError
from zoo.files import whole_folder
from zoo.inputs import steps, store
from zoo.inputs.contract import Frames, Spec
from zoo.inputs.removed import FILE, by_emotion


@dataclass(frozen=True)
class Heard:
    """The input of an utterance, and its length before and after the steps."""

    frames: Frames
    seconds_before: float
    seconds_after: float


def extract(manifest: pl.DataFrame, corpus: Path, folder: Path, spec: Spec, where: str = "the input") -> pl.DataFrame:
    """Write the store of an input into `folder`, and beside it removed.csv: how much its steps removed, by emotion.

    Memory does not grow with the corpus. where: the place that declares the input, for messages. Returns the table of
    `zoo.inputs.removed`.
    Raises ZooError naming the utterance whose audio is missing or broken; then nothing is written.
    """
    wanted = inputs.build(spec, where)
    rows = list(manifest.select("utterance_id", "path").iter_rows())
    lengths: dict[str, tuple[float, float]] = {}
    with whole_folder(folder) as part:
        with store.Writer(part, wanted, spec.dtype) as writer:
            for utterance_id, computed in _computed(rows, corpus, spec):
                writer.add(utterance_id, computed.frames)
                lengths[utterance_id] = computed.seconds_before, computed.seconds_after
        removed = by_emotion(manifest, lengths)
        removed.write_csv(part / FILE)
    return removed


def _computed(rows: list[tuple[str, str]], corpus: Path, spec: Spec) -> Iterator[tuple[str, Heard]]:
    """The input of each utterance, in the manifest's order; in threads, since decoding and FFTs release the GIL."""
    before, after_steps = steps.build(spec.steps), inputs.build(replace(spec, steps=[]))

    def compute(path: str) -> Heard:
        samples = audio.load(corpus / path)
        left = steps.applied(before, samples)
        return Heard(after_steps.compute([left])[0], len(samples) / RATE_HZ, len(left) / RATE_HZ)

    waiting: deque[tuple[str, Future[Heard]]] = deque()
    remaining = iter(rows)
    workers = cpu_count() or 1
    with ThreadPoolExecutor(workers) as pool:
        while True:
            for utterance_id, path in islice(remaining, 4 * workers - len(waiting)):
                waiting.append((utterance_id, pool.submit(compute, path)))
            if not waiting:
                return
            utterance_id, future = waiting.popleft()
            computed = future.result()
            if not np.isfinite(computed.frames).all():
                raise ZooError(f"the features of '{utterance_id}' are not finite", "check its audio file")
            yield utterance_id, computed
