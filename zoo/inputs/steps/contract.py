"""The contract of steps before an input."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Step:
    """Samples in, samples out.

    apply: (num_samples,) float32 at 16 kHz, at least one -> the same, perhaps shorter, at least one sample.
    facts: everything that determines the result.
    exportable: whether a graph for other runtimes can hold the computation.
    together: for a transductive step, the utterances of one speaker at once, since what it makes of one depends on the
    others; `apply` is then of an utterance without others.
    """

    apply: Callable[[Samples], Samples]
    facts: Mapping[str, Any]
    exportable: bool = True
    together: Callable[[Sequence[Samples]], list[Samples]] | None = None
