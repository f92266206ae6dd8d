"""The corpora: a file a corpus; its name is the corpus's name. Files that start with _ are shared code."""

from importlib import import_module
from pathlib import Path

from zoo.corpora._corpus import Corpus
from zoo.errors import unknown


def names() -> list[str]:
    """The known corpora, from the listing of this folder; nothing is imported."""
    return sorted(path.stem for path in Path(__file__).parent.glob("[!_]*.py"))


def get(name: str) -> Corpus:
    """What is known of a corpus. Raises ZooError with near names when there is no such file."""
    if name not in names():
        raise unknown("corpus", name, names())
    corpus = import_module(f"zoo.corpora.{name}").CORPUS
    assert isinstance(corpus, Corpus)
    return corpus
