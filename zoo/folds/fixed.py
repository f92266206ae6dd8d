"""One fixed split of a corpus: a fifth of the speakers is test, a fifth of the others dev, the rest train.

For corpora too large to train on in folds. Balanced by class and sex, the same on every run.
"""

from zoo.folds.contract import Protocol
from zoo.folds.speakers import Speakers, balanced_fifth


def test_sets(speakers: Speakers) -> list[list[str]]:
    """One balanced set."""
    return [balanced_fifth(speakers, seed=0)]


PROTOCOL = Protocol("one balanced set of a fifth of the speakers, drawn with seed 0", test_sets, tests_everyone=False)
