"""One fixed split of a corpus: a fifth of the speakers is tested, a fifth of the others tunes, the rest trains.

For corpora too large to train on in folds. Balanced by class and sex, the same on every run.
"""

from zoo.folds.contract import Protocol
from zoo.folds.speakers import Speakers, resembling_fifth


def test_sets(speakers: Speakers) -> list[list[str]]:
    """One set that resembles all of them."""
    return [resembling_fifth(speakers, seed=0)]


PROTOCOL = Protocol("one balanced set of a fifth of the speakers, drawn with seed 0", test_sets, tests_everyone=False)
