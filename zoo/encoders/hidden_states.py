"""The hidden states of utterances, in batches that fit."""

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import torch

from zoo.encoders.contract import Encoder, Samples

BATCH_S = 120.0  # seconds of speech in a batch on a GPU
RATE_HZ = 16_000
PART = 30 * RATE_HZ  # samples that are heard at once, at most

States = npt.NDArray[np.float32]


def hidden_states(encoder: Encoder, utterances: Sequence[Samples]) -> Iterator[tuple[int, States]]:
    """The place of each utterance and its hidden states (num_states, T, dim), in any order.

    What is longer than 30 s is heard in parts of equal length, whose states follow each other: Whisper was trained on
    no more, and memory grows with the square of what is heard at once. On a processor one part at a time on one
    thread, which is as fast, and equal bits whatever the number of cores; on a GPU those of like length together. int8
    is computed on a processor, whether there is a GPU or not.
    """
    device = torch.device("cuda" if torch.cuda.is_available() and not encoder.int8 else "cpu")
    parts = [
        (place, part)
        for place, samples in enumerate(utterances)
        for part in np.array_split(samples, max(1, -(-len(samples) // PART)))
    ]
    left = Counter(place for place, _ in parts)
    found: dict[int, dict[int, States]] = {place: {} for place in left}
    for number, states in _of_parts(encoder, [part for _, part in parts], device):
        place = parts[number][0]
        found[place][number] = states
        if len(found[place]) == left[place]:
            yield place, np.concatenate([states for _, states in sorted(found.pop(place).items())], axis=1)


def _of_parts(encoder: Encoder, parts: Sequence[Samples], device: torch.device) -> Iterator[tuple[int, States]]:
    module, threads = encoder.module.to(device), torch.get_num_threads()
    for places in _batches(encoder, parts, device):
        torch.set_num_threads(1)
        try:
            inputs, lengths = encoder.prepare([parts[place] for place in places])
            with torch.inference_mode():
                found, left = encoder.states(module, inputs.to(device), lengths)
                each = torch.stack(found, dim=1).float().cpu().numpy()
        finally:
            torch.set_num_threads(threads)
        for place, states, length in zip(places, each, left.tolist(), strict=True):
            yield place, states[:, :length]


def _batches(encoder: Encoder, utterances: Sequence[Samples], device: torch.device) -> Iterator[list[int]]:
    order = sorted(range(len(utterances)), key=lambda place: len(utterances[place]))
    if device.type == "cpu":
        yield from ([place] for place in order)
        return
    batch: list[int] = []
    for place in reversed(order):
        length, first = len(utterances[place]), len(utterances[batch[0]]) if batch else 0
        full = batch and (len(batch) + 1) * first > BATCH_S * RATE_HZ
        if full or (batch and not encoder.together and length != first):
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch
