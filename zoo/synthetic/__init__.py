"""Small synthetic stand-ins of corpora in their native layouts: a file a corpus, with the name of the corpus."""

from pathlib import Path

from zoo.registry import Registry
from zoo.synthetic import speech
from zoo.synthetic.speech import StandIn

REGISTRY = Registry[StandIn]("zoo.synthetic", "STAND_IN", "synthetic corpus")
names, get = REGISTRY.names, REGISTRY.get


def write(name: str, folder: Path) -> None:
    """Write the synthetic version of a corpus into an existing folder. Raises ZooError if it has none."""
    speech.write(get(name), folder)
