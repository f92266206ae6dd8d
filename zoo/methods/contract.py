"""The contract of methods: what is done about the difference between corpora, and what it may see of the target first.

A method works on embeddings: what a trained network makes of an utterance before its head. It is given what its sights
name and nothing else, so that it cannot see more than it states.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from zoo.tables.sights import Sights

Matrix = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]
Names = npt.NDArray[np.str_]
Random = np.random.Generator


@dataclass(frozen=True)
class Source:
    """The N utterances that a network was trained on.

    embeddings: (N, E). labels: (N,), numbers of classes, 0..num_classes - 1; a class may be missing. speakers, corpora:
    (N,), names; a person of several corpora has one name. sexes: (N,), female, male or empty.
    head: of the network itself, embeddings (n, E) -> probabilities (n, num_classes), those of classes that merge added
    up.
    kept: what was computed of these utterances alone, so that methods which are fitted to many targets compute it once.
    """

    embeddings: Matrix
    labels: Numbers
    speakers: Names
    corpora: Names
    sexes: Names
    num_classes: int
    head: Callable[[Matrix], Matrix]
    kept: dict[Hashable, Any] = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True)
class Seen:
    """What a method sees of the target before it answers; None is what its sights exclude.

    embeddings: (n, E) of unlabelled utterances. speakers: (n,), theirs. prior: (num_classes,), it adds up to 1.
    labelled: (m, E), with labels (m,).
    """

    embeddings: Matrix | None = None
    speakers: Names | None = None
    prior: Matrix | None = None
    labelled: Matrix | None = None
    labels: Numbers | None = None


# embeddings (n, E), speakers (n,) or None where the sights exclude them -> probabilities (n, num_classes), each row of
# which depends on this row alone, or on those before it where earlier utterances are among the sights
Answer = Callable[[Matrix, Names | None], Matrix]


@dataclass(frozen=True)
class Method:
    """A method with its options.

    rung: of the ladder, 0 to 5; methods of one rung do similar things. control: beside the ladder, to compare with.
    sights: see Sights. fewest: unlabelled utterances that it needs.
    fit(source, seen, random) -> answer. Equal arguments give equal bits. The answer of rung 0 sees nothing at all.
    """

    rung: int
    sights: Sights
    fit: Callable[[Source, Seen, Random], Answer]
    fewest: int = 0
    control: bool = False
