"""The protocol contract: test speakers, dev speakers, and which sentences are kept apart."""

from collections.abc import Callable
from dataclasses import dataclass

from zoo.folds.speakers import Speakers

Sets = Callable[[Speakers], list[list[str]]]


@dataclass(frozen=True)
class Protocol:
    """test_sets(speakers): the test speakers of every fold; each speaker at most once.

    source: where the split was published, or how it is made.
    dev_sets(speakers): the published dev speakers of every fold, empty if there are none. Otherwise, dev speakers are
    drawn from those that are not tested. All others are train.
    text_sets(texts): a partition of the sentences; every test set is then tested once with each set of sentences, by a
    model that was trained on neither its speakers nor its sentences. All other utterances are left out of the fold.
    tests_everyone: whether every utterance is tested in some fold.
    speaker_dependent: whether it is for corpora that name no speakers, whose recordings it splits as if they were; what
    is tested so says nothing about new speakers. Listed in `zoo.tables.folds.SPEAKER_DEPENDENT` too.
    Raises ZooError when the corpus lacks speakers that the protocol needs.
    """

    source: str
    test_sets: Sets
    dev_sets: Sets | None = None
    text_sets: Sets | None = None
    tests_everyone: bool = True
    speaker_dependent: bool = False
