"""Utterances as augmented, padded batches."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
import torch
from torch import Tensor

from zoo.augmentation.augment import augment, in_order
from zoo.augmentation.contract import Place
from zoo.inputs.contract import ROWS_ARE_TIME, Frames
from zoo.inputs.store import Store
from zoo.runtime.inference import padded
from zoo.tasks.contract import Numbers
from zoo.training.balance import balanced_order
from zoo.training.recipe import Recipe

Batch = tuple[Tensor, Tensor, Tensor]  # inputs (B, T, D), lengths (B,), targets (B, O)


@dataclass(frozen=True)
class Examples:
    """Utterances with what is right about them: rows of the input are read from the store on demand.

    targets: (N, O) of the task. of_copies: (N, 1 + copies, O), what is learnt of the utterance and of each of its
    copies instead, if that is more than the targets.
    """

    store: Store
    utterance_ids: list[str]
    targets: Numbers
    of_copies: Numbers | None = None

    def __len__(self) -> int:
        return len(self.utterance_ids)

    def __add__(self, other: "Examples") -> "Examples":
        """The utterances of both, from the same store, with their targets."""
        return Examples(
            self.store, self.utterance_ids + other.utterance_ids, np.concatenate([self.targets, other.targets])
        )


def training_batches(
    examples: Examples, recipe: Recipe, fill: Frames, epoch: int, shares: Numbers | None = None
) -> Iterator[Batch]:
    """An epoch in random order, augmented; where rows are time, cropped at random to at most `recipe.crop_s`.

    fill: (D,), the value of masked stretches. shares: (N, C) of the classes, if these are to be equally frequent.

    Yields inputs (B, T, D), lengths (B,), targets (B, O). Order and crops depend on the recipe's seed and the epoch.
    """
    random = np.random.default_rng([recipe.seed, epoch])
    place = Place(recipe.kind, fill, recipe.frames_per_s or 0.0)
    changes = in_order(recipe.augmentation)
    order = random.permutation(len(examples)) if shares is None else balanced_order(shares, random)
    for start in range(0, len(order), recipe.batch_size):
        rows = order[start : start + recipe.batch_size]
        if len(rows) == 1 and len(order) > 1:
            return  # batch normalisation has no variance over a single utterance
        arrays, targets = [], []
        for row in rows:
            copy = int(random.integers(1 + examples.store.copies)) if examples.store.copies else 0
            frames = _cropped(examples, examples.utterance_ids[row], copy, recipe, random)
            arrays.append(augment(frames, changes, place, random))
            targets.append(examples.targets[row] if examples.of_copies is None else examples.of_copies[row, copy])
        yield *padded(arrays), torch.from_numpy(np.stack(targets))


def in_groups(batches: Iterable[Batch], size: int) -> Iterator[list[Batch]]:
    """`size` batches at a time; the last group may have fewer."""
    left = iter(batches)
    while group := list(islice(left, size)):
        yield group


def _cropped(examples: Examples, utterance_id: str, copy: int, recipe: Recipe, random: np.random.Generator) -> Frames:
    if recipe.kind not in ROWS_ARE_TIME or recipe.frames_per_s is None:
        return examples.store.frames(utterance_id, copy=copy)
    crop = max(1, round(recipe.crop_s * recipe.frames_per_s))
    excess = max(0, examples.store.num_frames(utterance_id, copy) - crop)
    first = int(random.integers(excess + 1))
    return examples.store.frames(utterance_id, first, first + crop, copy)
