"""Extract an input of a corpus: decode every utterance, compute the input, and write it to the store."""

from collections import deque
from collections.abc import Iterator, Sequence
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
from zoo.inputs.contract import Frames, Input, Samples, Spec
from zoo.inputs.copies import copies
from zoo.inputs.kept import Kept
from zoo.inputs.removed import FILE, by_emotion
from zoo.terminal import with_bar

KEPT_DTYPE = inputs.DTYPES[0]  # of the parts of a joined input
# utterance_id, path, start and end in seconds of what is heard together
Group = list[tuple[str, str, float | None, float | None]]


@dataclass(frozen=True)
class Heard:
    """The input of an utterance and of its augmented copies, and its length before and after the steps."""

    frames: Frames
    copies: list[Frames]
    seconds_before: float
    seconds_after: float


def extract(
    manifest: pl.DataFrame, corpus: Path, folder: Path, spec: Spec, where: str = "the input", keep: Path | None = None
) -> pl.DataFrame:
    """Write the store of an input into `folder`, and beside it removed.csv: how much its steps removed, by emotion.

    Memory does not grow with the corpus. where: the place that declares the input, for messages. keep: a folder in
    which rows of a costly input are kept, so that what was computed before an interruption is not computed again.
    Returns the table of `zoo.inputs.removed`.
    Raises ZooError naming the utterance whose audio is missing or broken; then nothing is written.
    """
    wanted = inputs.build(spec, where)
    groups = [part.rows() for part in _parts(manifest, wanted.transductive)]
    lengths: dict[str, tuple[float, float]] = {}
    with whole_folder(folder) as part:
        with store.Writer(part, wanted, spec.dtype) as writer:
            heard = _computed(groups, corpus, spec, wanted, keep)
            for utterance_id, computed in with_bar(heard, where, len(manifest)):
                for copy, frames in enumerate([computed.frames, *computed.copies]):
                    writer.add(utterance_id, frames, copy)
                lengths[utterance_id] = computed.seconds_before, computed.seconds_after
        removed = by_emotion(manifest, lengths)
        removed.write_csv(part / FILE)
    return removed


def _parts(manifest: pl.DataFrame, transductive: bool) -> Iterator[pl.DataFrame]:
    """The utterances that are heard together, all of a speaker or one, as in Group."""
    columns = ("utterance_id", "path", "start_s", "end_s")
    if transductive:
        for of_speaker in manifest.partition_by("speaker_id", maintain_order=True):
            yield of_speaker.select(columns)
    else:
        yield from manifest.select(columns).iter_slices(1)


def _computed(
    groups: Sequence[Group], corpus: Path, spec: Spec, wanted: Input, keep: Path | None
) -> Iterator[tuple[str, Heard]]:
    """The input of each utterance, in the order of the groups; in threads, since decoding and FFTs release the GIL."""
    before, after_steps = steps.build(spec.steps), inputs.build(replace(spec, steps=[]))
    # parts of a joined input are kept as the inputs that they are, so that these and joined ones share them
    sources = wanted.parts or (replace(wanted, compute=after_steps.compute),)
    dtype = KEPT_DTYPE if wanted.parts else spec.dtype
    kept = [Kept(keep, one, dtype) if keep is not None and one.costly else None for one in sources]

    def compute(group: Group) -> list[Heard]:
        sounds = [audio.load(corpus / path, start_s, end_s) for _, path, start_s, end_s in group]
        left = steps.applied(before, sounds)
        seconds = [[len(samples) / RATE_HZ for samples in of] for of in (sounds, left)]
        copied = [
            rows_of(steps.applied(before, copies(sound, name, spec.copies, wanted.changes))) if spec.copies else []
            for sound, (name, *_) in zip(sounds, group, strict=True)
        ]
        return list(map(Heard, rows_of(left), copied, *seconds))

    def rows_of(left: list[Samples]) -> list[Frames]:
        found = [_known_or_computed(one, of_one, left) for one, of_one in zip(sources, kept, strict=True)]
        if not wanted.parts:
            return found[0]
        side_by_side = (np.concatenate(rows, axis=1) for rows in zip(*found, strict=True))
        return [inputs.as_stored(rows, wanted.grid, spec.dtype) for rows in side_by_side]

    waiting: deque[tuple[Group, Future[list[Heard]]]] = deque()
    remaining = iter(groups)
    workers = cpu_count() or 1
    with ThreadPoolExecutor(workers) as pool:
        while True:
            for group in islice(remaining, 4 * workers - len(waiting)):
                waiting.append((group, pool.submit(compute, group)))
            if not waiting:
                return
            group, future = waiting.popleft()
            for (utterance_id, *_), computed in zip(group, future.result(), strict=True):
                if not all(np.isfinite(frames).all() for frames in (computed.frames, *computed.copies)):
                    raise ZooError(f"the features of '{utterance_id}' are not finite", "check its audio file")
                yield utterance_id, computed


def _known_or_computed(source: Input, kept: Kept | None, left: list[Samples]) -> list[Frames]:
    """The rows of what the steps left of utterances; what is not kept is computed, and kept."""
    if kept is None:
        return source.compute(left)
    known = [kept.find(samples) for samples in left]
    missing = [samples for samples, rows in zip(left, known, strict=True) if rows is None]
    fresh = source.compute(missing) if missing else []
    for samples, rows in zip(missing, fresh, strict=True):
        kept.put(samples, rows)
    found = iter(fresh)
    return [next(found) if rows is None else rows for rows in known]
