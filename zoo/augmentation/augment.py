"""The augmentation of an utterance, one declared augmentation after the other."""

from collections.abc import Iterable, Mapping

import numpy as np

from zoo import augmentation
from zoo.augmentation.contract import Augmentation, Place
from zoo.errors import WRONG_USAGE, ZooError
from zoo.inputs.contract import Frames
from zoo.study.section import Kind

Change = tuple[Augmentation, float]  # with its strength


def in_order(strengths: Mapping[str, float]) -> list[Change]:
    """The augmentations whose strength is not 0, in the order in which they come; whatever that of `strengths` is."""
    found = [(augmentation.get(name), name) for name, strength in strengths.items() if strength]
    return [(one, strengths[name]) for one, name in sorted(found, key=lambda pair: (pair[0].order, pair[1]))]


def augment(rows: Frames, changes: Iterable[Change], place: Place, random: np.random.Generator) -> Frames:
    """Rows (T, D) changed by one augmentation after the other: (T', D). changes: of `in_order`."""
    for one, strength in changes:
        rows = one.change(rows, strength, place, random)
    return rows


def require_possible(kind: Kind, strengths: Mapping[str, float]) -> None:
    """Raise ZooError for an unknown augmentation, one that the kind cannot bear, and one that is too strong."""
    for name, strength in strengths.items():
        one, where = augmentation.get(name), f"train.augmentation.{kind}"
        if kind not in one.kinds:
            possible = [other for other in augmentation.names() if kind in augmentation.get(other).kinds]
            raise ZooError(
                f"{where}: {name} would spoil {kind}",
                f"possible: {', '.join(possible)}" if possible else "there is no augmentation for them: write {}",
                WRONG_USAGE,
            )
        if strength >= one.below:
            raise ZooError(f"{where}.{name} = {strength:g}", f"it must be less than {one.below:g}", WRONG_USAGE)
