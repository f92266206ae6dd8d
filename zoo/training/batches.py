"""Utterances as padded batches."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from zoo.augmentation.augmentation import augment
from zoo.inputs.contract import Frames
from zoo.inputs.store import Store
from zoo.study import Train


@dataclass(frozen=True)
class Examples:
    """Utterances with their classes: frames come from the store when they are asked for."""

    store: Store
    utterance_ids: list[str]
    classes: npt.NDArray[np.int64]  # (N,), index of the class; -1 where there is none

    def __len__(self) -> int:
        return len(self.utterance_ids)

    def __add__(self, other: "Examples") -> "Examples":
        """The utterances of both, from the same store."""
        return Examples(
            self.store, self.utterance_ids + other.utterance_ids, np.concatenate([self.classes, other.classes])
        )


def padded(arrays: list[Frames]) -> tuple[Tensor, Tensor]:
    """Frames of several utterances with zeros behind the shorter ones: (B, T, D) float32, lengths (B,) int64."""
    lengths = torch.tensor([len(frames) for frames in arrays])
    inputs = torch.zeros(len(arrays), int(lengths.max()), arrays[0].shape[1])
    for row, frames in enumerate(arrays):
        inputs[row, : len(frames)] = torch.tensor(frames)
    return inputs, lengths


def training_batches(
    examples: Examples, settings: Train, crop: int, fill: Frames, frames_per_s: float, seed: list[int]
) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """An epoch in random order, each utterance cut to a random stretch of `crop` frames and augmented.

    fill: (D,), what masked values become.

    Yields inputs (B, T, D), lengths (B,), classes (B,). The order and the cuts follow from `seed` alone.
    """
    random = np.random.default_rng(seed)
    order = random.permutation(len(examples))
    for start in range(0, len(order), settings.batch_size):
        rows = order[start : start + settings.batch_size]
        if len(rows) == 1 and len(order) > 1:
            return  # batch normalisation has no deviation of a single utterance
        arrays = []
        for row in rows:
            utterance_id = examples.utterance_ids[row]
            excess = max(0, examples.store.num_frames(utterance_id) - crop)
            first = int(random.integers(excess + 1))
            frames = examples.store.frames(utterance_id, first, first + crop)
            arrays.append(augment(frames, settings.augmentation, fill, frames_per_s, random))
        yield *padded(arrays), torch.from_numpy(examples.classes[rows])


def evaluation_batches(examples: Examples, batch_size: int) -> Iterator[tuple[npt.NDArray[np.int64], Tensor, Tensor]]:
    """Whole utterances, alike in length: yields rows (B,), inputs (B, T, D), lengths (B,)."""
    lengths = np.array([examples.store.num_frames(utterance_id) for utterance_id in examples.utterance_ids])
    order = np.argsort(lengths, kind="stable")
    for start in range(0, len(order), batch_size):
        rows = order[start : start + batch_size]
        yield rows, *padded([examples.store.frames(examples.utterance_ids[row]) for row in rows])
