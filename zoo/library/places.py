"""Where the corpora of this project are, data/NAME, with locks so that one process at a time changes each."""

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
    record.paths()  # reports a damaged record before anything is copied or downloaded


def require_folder(name: str) -> None:
    """Raise ZooError where data/NAME is a link or a file instead of a folder of the project."""
    target = DATA / name
    for path in (DATA, target):
        if path.is_symlink():
            raise ZooError(
                f"{path} is a link, and DVC would write through it into {path.resolve()}",
                f"remove the link, then zoo data add {name} {target.resolve()}",
            )
        if path.exists() and not path.is_dir():
            raise ZooError(f"{path} is a file, and {target} must be a folder", f"move {path} away, then run this again")


def verification_file(name: str) -> Path:
    """The file with the outcome of the last verification."""
    return DATA / f".{name}.verified"


def fingerprint_file(name: str) -> Path:
    """The file with the fingerprints of the utterances, as of the last verification."""
    return DATA / f".{name}.fingerprints.parquet"


@contextmanager
def exclusive(name: str) -> Iterator[None]:
    """Exclude other processes from adding or removing the same corpus, and clean up after killed ones."""
    with locked(record.lock_of(name, "files"), f"another zoo process is changing {DATA / name}; waiting for it"):
        for pattern in (f".{name}.????????.part", f".{name}.removed"):
            for leftover in DATA.glob(pattern):
                shutil.rmtree(leftover, ignore_errors=True)
        record.repair()
        yield


@contextmanager
def download_folder(name: str) -> Iterator[Path]:
    """The folder of a corpus's download until it is added, locked against other processes."""
    with locked(record.lock_of(name, "fetch"), f"another zoo process is fetching {DATA / name}; waiting for it"):
        yield DATA / f".{name}.fetch"
