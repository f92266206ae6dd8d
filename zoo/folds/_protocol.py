"""The protocol contract: who is tested together."""

from collections.abc import Callable
from dataclasses import dataclass

from zoo.folds._speakers import Speakers


@dataclass(frozen=True)
class Protocol:
    """test_sets(speakers): for every fold the speakers that it tests; together all speakers, each once.

    source: where a published split was published, or how the split is made.
    Raises ZooError when the corpus does not have the speakers that the protocol needs.
    """

    source: str
    test_sets: Callable[[Speakers], list[list[str]]]
