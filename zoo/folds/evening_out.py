"""Sets of speakers of about the same size, where some speakers said far more than others: a local search.

Sets of as many speakers each are as uneven as the speakers: 29 of them gave test sets of 210, 82, 40, 34 and 34
utterances. From there one speaker at a time moves, or two are exchanged, whichever helps most, until nothing does.
"""

import numpy as np
import numpy.typing as npt

UNEVEN = 2.0  # the largest set over the smallest, in utterances: up to it sets stay as they are
_STEPS = 1000  # far more than are ever needed
_GAIN = 1e-9  # below this a step is rounding

Values = npt.NDArray[np.float64]


def evened_out(parts: list[list[int]], traits: Values) -> list[list[int]]:
    """The parts, with units moved if their sizes differ by more than UNEVEN; none becomes empty.

    parts: the units (speakers, or sessions) of each. traits: (num_units, num_traits), utterances per class, then women
    and men. What is minimised is the variance of the parts' shares of all utterances, of each class, and of each sex,
    all three with the same weight. Where that would leave a sex out of more parts of several units, nothing moves.
    """
    sizes = traits[:, :-2].sum(axis=1)
    held = [sizes[part].sum() for part in parts]
    if len(parts) < 2 or max(held) <= UNEVEN * min(held):
        return parts
    shares = np.column_stack([sizes, traits]) / np.maximum([sizes.sum(), *traits.sum(axis=0)], 1e-9)
    num_classes = traits.shape[1] - 2
    shares /= np.sqrt([1] + num_classes * [num_classes] + [2, 2])
    place = np.empty(len(traits), np.int64)
    for number, part in enumerate(parts):
        place[part] = number
    for _ in range(_STEPS):
        if not _improve(place, shares, len(parts)):
            break
    moved = sorted(np.flatnonzero(place == number).tolist() for number in range(len(parts)))
    return moved if _lacking(moved, traits) <= _lacking(parts, traits) else parts


def _lacking(parts: list[list[int]], traits: Values) -> int:
    """How often a part of several units has none of a sex."""
    return sum(int((traits[part][:, -2:].sum(axis=0) == 0).sum()) for part in parts if len(part) > 1)


def _improve(place: npt.NDArray[np.int64], shares: Values, num_parts: int) -> bool:
    """Do the step that helps most, in place; whether there was one.

    The cost is the sum of squares of the parts' shares, whose sum is fixed. So moving the shares x from part a to b
    changes it by 2 x (x + b - a), and exchanging units moves the difference of their shares.
    """
    held = np.stack([shares[place == number].sum(axis=0) for number in range(num_parts)])  # (P, T)
    best = -_GAIN
    step: list[tuple[int, int]] = []
    alone = np.bincount(place, minlength=num_parts)[place] == 1
    for number in range(num_parts):
        change = 2 * (shares * (shares + held[number] - held[place])).sum(axis=1)
        change[alone | (place == number)] = np.inf
        if change.min() < best:
            unit = int(change.argmin())
            best, step = float(change[unit]), [(unit, number)]
    for unit in range(len(place)):
        moved = shares[unit] - shares  # (U, T)
        change = 2 * (moved * (moved + held[place] - held[place[unit]])).sum(axis=1)
        change[place == place[unit]] = np.inf
        if change.min() < best:
            other = int(change.argmin())
            best, step = float(change[other]), [(unit, int(place[other])), (other, int(place[unit]))]
    for unit, number in step:
        place[unit] = number
    return bool(step)
