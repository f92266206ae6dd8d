"""Five folds of recordings, for corpora where nobody knows who speaks. **Speaker-dependent**: the people who are tested
may be in training too, so figures say nothing about new speakers.

Segments of one recording stay together. Recordings are dealt in random order, seed 0, the largest first, each to the
fold that has least of its labels; the next fold's recordings are dev.
"""

import numpy as np

from zoo.errors import ZooError
from zoo.folds.contract import Protocol
from zoo.folds.speakers import Speakers

NUM_FOLDS = 5


def test_sets(recordings: Speakers) -> list[list[str]]:
    """Five sets of recordings, alike in labels and size. Raises ZooError with fewer than five recordings."""
    if len(recordings) < NUM_FOLDS:
        raise ZooError(
            f"random_recordings needs {NUM_FOLDS} recordings, {recordings.corpus} has {len(recordings)}",
            "add more of them",
        )
    traits = recordings.traits[:, :-2]  # without the sexes, which are as unknown as the speakers
    wanted = np.maximum(traits.sum(axis=0), 1.0)
    shares = np.hstack([traits / wanted, traits.sum(axis=1, keepdims=True) / max(traits.sum(), 1.0)])
    drawn = np.random.default_rng(0).permutation(len(recordings))
    order = drawn[np.argsort(-traits[drawn].sum(axis=1), kind="stable")]
    held = np.zeros((NUM_FOLDS, shares.shape[1]))
    number = np.zeros(NUM_FOLDS)
    sets: list[list[str]] = [[] for _ in range(NUM_FOLDS)]
    for at in order:
        # least of its labels, then fewest recordings
        fold = int(np.lexsort((number, (held @ shares[at]).round(12)))[0])
        sets[fold].append(recordings.names[at])
        held[fold] += shares[at]
        number[fold] += 1
    return [sorted(one) for one in sets]


def dev_sets(recordings: Speakers) -> list[list[str]]:
    """The test set of the next fold."""
    sets = test_sets(recordings)
    return [*sets[1:], sets[0]]


PROTOCOL = Protocol(
    "five sets of recordings, drawn with seed 0; speaker-dependent: the same people may be in training and test",
    test_sets,
    dev_sets,
    speaker_dependent=True,
)
