"""One process at a time: a lock file that another process waits for."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_FOR_EVERYBODY = 0o666  # the file stays, and the next one who needs it in a shared folder may be somebody else


@contextmanager
def locked(path: Path, waiting: str) -> Iterator[None]:
    """Hold the lock `path`; says `waiting` on stderr, once, where another process holds it.

    Waits as long as the other process runs; Ctrl-C ends the wait. The lock ends with its process, however that ends.
    The empty file stays (removing it while another process waits would let two of them in), so `path` belongs where it
    disturbs nobody.
    """
    from filelock import FileLock, Timeout

    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path, mode=_FOR_EVERYBODY)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        print(waiting, file=sys.stderr, flush=True)
        lock.acquire()
    try:
        yield
    finally:
        lock.release()
