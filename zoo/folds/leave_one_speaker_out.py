"""Every speaker is tested alone, by a model of the others."""

from zoo.folds.contract import Protocol
from zoo.folds.speakers import Speakers


def test_sets(speakers: Speakers) -> list[list[str]]:
    """A fold a speaker, in the order of their names."""
    return [[name] for name in speakers.names]


PROTOCOL = Protocol("one fold a speaker", test_sets)
