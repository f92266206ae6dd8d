"""Augmented copies of an utterance's samples, which training hears, and models that average over several views.

They are rows of the same utterance in the store, after the row of the utterance itself, so that no split of utterances
can part them. Each copy is changed by two or three of the changes (`zoo.inputs.changes`), or all if they are fewer.
"""

import zlib

import numpy as np

from zoo.inputs.changes.contract import Changes, Floats
from zoo.inputs.contract import Samples


def copies(samples: Samples, utterance_id: str, number: int, changes: Changes) -> list[Samples]:
    """So many copies of an utterance, each the same whenever it is made. samples: (num_samples,) at 16 kHz.

    changes: in their order, as `zoo.inputs.changes.build` gives them.
    """
    assert changes or not number, "the input was built without copies"
    seed = zlib.crc32(utterance_id.encode())
    return [_copy(samples, changes, np.random.default_rng([seed, at])) for at in range(number)]


def _copy(samples: Samples, changes: Changes, random: np.random.Generator) -> Samples:
    order = random.permutation(len(changes))
    chosen = sorted(order[: random.integers(min(2, len(changes)), min(3, len(changes)) + 1)])
    changed: Floats = samples
    for number in chosen:
        changed = changes[number].apply(changed, random)
    return changed.astype(np.float32)
