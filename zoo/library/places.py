"""Where the corpora of this project lie, data/NAME, and one process at a time at each."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from zoo.errors import ZooError
from zoo.library import record
from zoo.locks import locked

DATA = Path("data")


def require_project() -> None:
    """Raise ZooError outside a clone with DVC."""
    if not Path(".dvc").is_dir() or not record.RECORD.is_file():
        raise ZooError(
            f"this folder has no {record.RECORD} and .dvc",
            "run this in the project's top folder, a clone with DVC set up",
        )
    record.paths()  # a damaged record is said before anything is copied or downloaded


def require_place(name: str) -> None:
    """Raise ZooError where data/NAME cannot be a folder of the project's own."""
    target = DATA / name
    for path in (DATA, target):
        if path.is_symlink():
            raise ZooError(
                f"{path} is a link, and DVC would write through it into {path.resolve()}",
                f"remove the link, then zoo data add {name} {target.resolve()}",
            )
        if path.exists() and not path.is_dir():
            raise ZooError(f"{path} is a file, and {target} must be a folder", f"move {path} away, then run this again")


def seal(name: str) -> Path:
    """Where the outcome of the last verification is kept."""
    return DATA / f".{name}.verified"


@contextmanager
def alone(name: str) -> Iterator[None]:
    """Keep other processes from adding or removing the same corpus, and clear up after those that were killed."""
    with locked(record.lock_of(name, "files"), f"another zoo is at work on {DATA / name}; waiting for it"):
        for pattern in (f".{name}.????????.part", f".{name}.removed"):
            for left in DATA.glob(pattern):
                shutil.rmtree(left, ignore_errors=True)
        record.mend()
        yield


@contextmanager
def fetching(name: str) -> Iterator[Path]:
    """Where the download of a corpus lies until it is added; kept from other processes meanwhile."""
    with locked(record.lock_of(name, "fetch"), f"another zoo is fetching {DATA / name}; waiting for it"):
        yield DATA / f".{name}.fetch"
