"""The protocol contract: who is tested together, who tunes, and which sentences are kept apart."""

from collections.abc import Callable
from dataclasses import dataclass

from zoo.folds.speakers import Speakers

Sets = Callable[[Speakers], list[list[str]]]


@dataclass(frozen=True)
class Protocol:
    """test_sets(speakers): for every fold the speakers that it tests; each speaker once at the most.

    source: where a published split was published, or how the split is made.
    dev_sets(speakers): for every fold the dev speakers as published, none where none are; without it all folds draw
    dev speakers of their own from those that are not tested. The others train.
    text_sets(texts): sets of sentences, together all of them; every test set is then tested once with each, by a model
    that has heard neither its speakers nor its sentences. What is on neither side is left out of the fold.
    tests_everyone: whether every utterance is tested in some fold.
    Raises ZooError when the corpus does not have the speakers that the protocol needs.
    """

    source: str
    test_sets: Sets
    dev_sets: Sets | None = None
    text_sets: Sets | None = None
    tests_everyone: bool = True
