"""Which project a command is in: the nearest folder, at or above the working directory, that is one of zoo's.

Its params.yaml is a study of zoo's. Other programs have files of that name too, such as those of DVC projects.
"""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from zoo.errors import ZooError
from zoo.files import is_file

PARAMS = "params.yaml"
STUDIES = "studies"
# Top-level keys that no other program's parameters are known to have. Two of them make a study, also in a file that is
# not valid YAML, was cut off, or was saved as UTF-16: it is searched as text and never parsed.
_KEYS = (b"corpora", b"label_sources", b"cross_scheme", b"exploration", b"pools")
_KEY = re.compile(rb"(?:^|[{,][ \t]*)['\"]?(" + b"|".join(_KEYS) + rb")['\"]?[ \t]*:", re.MULTILINE)
_ENOUGH = 2
_MAX_BYTES = 1 << 18  # a study has 5 kB


def find() -> Path | None:
    """The top folder of the project that the working directory is in, absolute; None in no project."""
    here = Path.cwd()
    return next((folder for folder in (here, *here.parents) if _is_top(folder)), None)


def top() -> Path:
    """The same; the working directory in no project."""
    return find() or Path.cwd()


def shown(path: Path) -> str:
    """A path for people: relative to the working directory if it is below it."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def require() -> Path:
    """The top folder of the project. Raises ZooError in no project."""
    folder = find()
    if folder is None:
        here = Path.cwd()
        foreign = [place / PARAMS for place in (here, *here.parents) if is_file(place / PARAMS)]
        other = f" ({foreign[0]} belongs to another program)" if foreign else ""
        raise ZooError(
            f"neither {here} nor a folder above it is a project of zoo{other}",
            "go into a clone of zoo's repository, in which studies, corpora and reports are (`git clone` makes one); "
            "list, show, pull, predict, evaluate, score, labels and splits audit work anywhere",
        )
    return folder


@contextmanager
def entered() -> Iterator[Callable[[str | Path], Path]]:
    """Work in the top folder of the project, so that its files have the same names from all of its folders.

    Yields what makes a path that a person typed in the former working directory one that is valid here. Raises ZooError
    in no project.
    """
    here, folder = Path.cwd(), require()

    def moved(path: str | Path) -> Path:
        return Path(path) if here == folder or Path(path).is_absolute() else Path(os.path.relpath(here / path, folder))

    os.chdir(folder)
    try:
        yield moved
    finally:
        os.chdir(here)


def _is_top(folder: Path) -> bool:
    """Whether there is a study; where the current one is gone or damaged beyond recognition, one of studies/."""
    if _is_study(folder / PARAMS):
        return True
    try:
        return any(_is_study(path) for path in sorted((folder / STUDIES).glob("*.yaml")))
    except OSError:
        return False


def _is_study(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            text = file.read(_MAX_BYTES)
    except OSError:  # missing, or not for us
        return False
    return len({*_KEY.findall(text.replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf"))}) >= _ENOUGH
