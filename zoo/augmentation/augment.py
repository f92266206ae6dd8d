"""The augmentation of an utterance, one declared augmentation after the other."""

from collections.abc import Mapping

import numpy as np

from zoo import augmentation
from zoo.augmentation.contract import Place
from zoo.errors import WRONG_USAGE, ZooError
from zoo.inputs.contract import Frames
from zoo.study.section import Kind


def augment(rows: Frames, strengths: Mapping[str, float], place: Place, random: np.random.Generator) -> Frames:
    """Rows (T, D) changed by every augmentation whose strength is not 0: (T', D)."""
    for name in sorted(strengths, key=lambda one: (augmentation.get(one).order, one)):
        if strength := strengths[name]:
            rows = augmentation.get(name).change(rows, strength, place, random)
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
