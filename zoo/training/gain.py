"""Test predictions of recordings under another gain: what a microphone further away, or another setting of it, changes.

The networks of the folds answer again about their test utterances, whose samples are multiplied by one factor each, in
floating point, so that nothing is clipped.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from itertools import repeat
from pathlib import Path

import numpy as np
import polars as pl

from zoo import audio
from zoo.architectures.recogniser import Recogniser
from zoo.execute.processes import set_threads
from zoo.inputs.copies import copies
from zoo.runtime.answer import average
from zoo.runtime.inference import outputs
from zoo.tables.gain import EVEN, INDEPENDENT, SIGMA_DB
from zoo.tasks.contract import Numbers
from zoo.training.data import CorpusData
from zoo.training.job import Job, Outcome
from zoo.training.network import network_of

PART = 64  # utterances that are in memory at a time, or a speaker's


def _same(gain_db: float) -> Callable[[str], float]:
    return lambda utterance_id: gain_db


def _independent(utterance_id: str) -> float:
    """Normally distributed, drawn for each utterance; the same for every model and on every machine."""
    seed = int.from_bytes(sha256(utterance_id.encode()).digest()[:8], "big")
    return float(np.random.default_rng(seed).normal(scale=SIGMA_DB))


# the name of a condition -> the gain of an utterance in dB
CONDITIONS: Mapping[str, Callable[[str], float]] = {
    **{name: _same(gain_db) for name, gain_db in EVEN.items()},
    INDEPENDENT: _independent,
}


def answers_under_gain(
    data: CorpusData, rows: pl.DataFrame, jobs: Sequence[Job], outcomes: Sequence[Outcome], audio_of: Path
) -> pl.DataFrame:
    """The answers of a fold's networks about its test utterances `rows` in every condition, as tasks give them, with
    the column `condition`.

    jobs, outcomes: of the networks that answer together. audio_of: the folder of the corpus's recordings.
    """
    set_threads(1)  # equal bits whatever the number of cores
    answers = data.task.answers
    assert answers is not None
    if data.heard.transductive:
        rows = rows.sort("speaker_id", maintain_order=True)  # in which they are asked about
    networks = [network_of(data, job, outcome) for job, outcome in zip(jobs, outcomes, strict=True)]
    said = _outputs(data, networks, rows, audio_of)
    return pl.concat(
        answers(rows, found).with_columns(pl.lit(condition).alias("condition")) for condition, found in said.items()
    )


def _outputs(
    data: CorpusData, networks: Sequence[Recogniser], rows: pl.DataFrame, audio_of: Path
) -> dict[str, Numbers]:
    """The outputs (N, O) in each condition; a part of the utterances at a time is in memory."""
    found: dict[str, list[Numbers]] = {condition: [] for condition in CONDITIONS}

    def heard(sounds: Sequence[Numbers], gains_db: Iterable[float]) -> list[Numbers]:
        factors = [np.float32(10 ** (gain_db / 20)) for gain_db in gains_db]
        louder = [samples * factor for samples, factor in zip(sounds, factors, strict=True)]
        if data.heard.transductive:
            return data.heard.compute(louder)
        return list(pool.map(lambda samples: data.heard.compute([samples])[0], louder))

    with ThreadPoolExecutor() as pool:
        for part in rows.partition_by("speaker_id") if data.heard.transductive else rows.iter_slices(PART):
            names = part["utterance_id"].to_list()
            places = part.select("path", "start_s", "end_s").rows()
            samples = list(pool.map(lambda place: audio.load(audio_of / place[0], *place[1:]), places))
            # a copy of what is louder is a louder copy, so they are made once, and as the stored ones were
            stored = [name.partition("/")[2] for name in names] if data.members != [data.corpus] else names
            copied = pool.map(copies, samples, stored, repeat(data.model.views - 1), repeat(data.heard.changes))
            views = [samples, *map(list, zip(*copied, strict=True))]
            for condition, gain_db in CONDITIONS.items():
                each = []
                for sounds in views:
                    frames = heard(sounds, map(gain_db, names))
                    lengths = [len(array) for array in frames]
                    each += [outputs(network, lengths, frames.__getitem__) for network in networks]
                found[condition].append(average(data.task.readings, each))
    return {condition: np.concatenate(parts) for condition, parts in found.items()}
