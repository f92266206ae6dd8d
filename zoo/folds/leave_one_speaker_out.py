"""Every speaker is tested by a model trained on the others."""

from zoo.folds.contract import Protocol
from zoo.folds.speakers import Speakers


def test_sets(speakers: Speakers) -> list[list[str]]:
    """One fold per speaker, in the order of their names."""
    return [[name] for name in speakers.names]


PROTOCOL = Protocol("one fold per speaker", test_sets)
