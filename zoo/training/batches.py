"""Utterances as augmented, padded batches."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from zoo.augmentation.augment import augment
from zoo.inputs.contract import Frames
from zoo.inputs.store import Store
from zoo.runtime.inference import padded
from zoo.training.recipe import Recipe


@dataclass(frozen=True)
class Examples:
    """Utterances with their classes: frames are read from the store on demand."""

    store: Store
    utterance_ids: list[str]
    classes: npt.NDArray[np.int64]  # (N,), index of the class

    def __len__(self) -> int:
        return len(self.utterance_ids)

    def __add__(self, other: "Examples") -> "Examples":
        """The utterances of both, from the same store."""
        return Examples(
            self.store, self.utterance_ids + other.utterance_ids, np.concatenate([self.classes, other.classes])
        )


def training_batches(
    examples: Examples, recipe: Recipe, fill: Frames, epoch: int
) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """An epoch in random order, each utterance cropped at random to at most `recipe.crop_s` and augmented.

    fill: (D,), the value of masked bands.

    Yields inputs (B, T, D), lengths (B,), classes (B,). Order and crops depend on the recipe's seed and the epoch.
    """
    random = np.random.default_rng([recipe.seed, epoch])
    crop = round(recipe.crop_s * recipe.frames_per_s)
    order = random.permutation(len(examples))
    for start in range(0, len(order), recipe.batch_size):
        rows = order[start : start + recipe.batch_size]
        if len(rows) == 1 and len(order) > 1:
            return  # batch normalisation has no variance over a single utterance
        arrays = []
        for row in rows:
            utterance_id = examples.utterance_ids[row]
            excess = max(0, examples.store.num_frames(utterance_id) - crop)
            first = int(random.integers(excess + 1))
            frames = examples.store.frames(utterance_id, first, first + crop)
            arrays.append(augment(frames, recipe.augmentation, fill, recipe.frames_per_s, random))
        yield *padded(arrays), torch.from_numpy(examples.classes[rows])
