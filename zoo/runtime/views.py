"""Views of an utterance: itself and its first augmented copies, over which a model may average its answers."""

from collections.abc import Sequence

import numpy as np

from zoo.inputs.changes.contract import Changes
from zoo.inputs.contract import Samples
from zoo.inputs.copies import copies


def views(utterances: Sequence[Samples], number: int, changes: Changes) -> list[list[Samples]]:
    """So many views of utterances, each (num_samples,) at 16 kHz: all of these themselves, then a copy of each, ...

    changes: those of the model's input. What is drawn for a copy depends on the utterance's length and the place of its
    peak. The name of a file, a gain, and the last digits of samples, which differ between processors, change neither.
    """
    drawn_by = [f"{len(samples)} {np.abs(samples).argmax()}" for samples in utterances]
    each = [copies(samples, name, number - 1, changes) for samples, name in zip(utterances, drawn_by, strict=True)]
    return [list(utterances), *map(list, zip(*each, strict=True))]
