"""The corpora: one file per corpus, named after it; those of the project are described in its corpora/NAME.yaml."""

from zoo import corpus_file
from zoo.corpora.contract import Corpus
from zoo.errors import ZooError, unknown
from zoo.registry import Registry

REGISTRY = Registry[Corpus]("zoo.corpora", "CORPUS", "corpus")


def names() -> list[str]:
    """All known corpora in alphabetical order. Raises ZooError where a file of the project has a shipped name."""
    own, shipped = corpus_file.names(), REGISTRY.names()
    if taken := sorted({*own} & {*shipped}):
        raise ZooError(
            f"{corpus_file.path_of(taken[0])} has the name of a corpus that comes with zoo",
            "rename it, and its folder in data/",
        )
    return sorted([*own, *shipped])


def has(name: str) -> bool:
    """Whether there is such a corpus; no other file is looked at."""
    return REGISTRY.has(name) or corpus_file.has(name)


def get(name: str) -> Corpus:
    """A corpus by its name. Raises ZooError with similar names when there is none."""
    if REGISTRY.has(name):
        return REGISTRY.get(name)
    if not corpus_file.has(name):
        raise unknown(REGISTRY.kind, name, names())
    from zoo.corpora.own import described

    return described(name)
