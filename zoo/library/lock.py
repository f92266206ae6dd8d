"""A lock between processes that ends with its process, however that ends."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


@contextmanager
def locked(path: Path, waiting: str) -> Iterator[None]:
    """Hold the lock `path`, a file that is removed at the end; says `waiting` where another process holds it.

    Waits as long as the other runs; Ctrl-C ends the wait. Windows has no such lock: there the block just runs.
    """
    if sys.platform == "win32":
        yield
        return
    file = _hold(path, waiting)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
        file.close()


def _hold(path: Path, waiting: str) -> IO[str]:
    import fcntl

    while True:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            file = path.open("a", encoding="utf-8")
        except FileNotFoundError:
            continue  # another process just removed the empty folder
        try:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                print(waiting, file=sys.stderr, flush=True)
                fcntl.flock(file, fcntl.LOCK_EX)
            # who held it before removed the file: then it is no longer the one that others will see
            if path.exists() and os.path.samestat(os.fstat(file.fileno()), path.stat()):
                return file
        except BaseException:
            file.close()
            raise
        file.close()
