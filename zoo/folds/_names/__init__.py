"""What a file's name alone says: a file a corpus, with `read(path)`; used where the corpus itself is not here.

The readers say the same of whole folders. Names of copies are understood too: without folders, in another audio format.
"""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path, PurePosixPath

from zoo.folds._names._named import Named

__all__ = ["Named", "corpora", "reader"]


def corpora() -> list[str]:
    """The corpora whose names can be read, from the listing of this folder."""
    return sorted(path.stem for path in Path(__file__).parent.glob("[!_]*.py"))


def reader(corpus: str) -> Callable[[PurePosixPath], Named | None] | None:
    """What reads the names of a corpus (None for other names); None where its names do not tell speakers."""
    if corpus not in corpora():
        return None
    read: Callable[[PurePosixPath], Named | None] = import_module(f"zoo.folds._names.{corpus}").read
    return read
