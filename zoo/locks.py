"""Lock files, so that one process at a time does some work and others wait."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_WRITABLE_BY_ALL = 0o666  # the file stays, and in a shared folder the next process may belong to another user


@contextmanager
def locked(path: Path, waiting: str) -> Iterator[None]:
    """Hold the lock `path`; prints `waiting` to stderr, once, if another process holds it.

    Waits as long as the other process runs; Ctrl-C ends the wait. The lock is released when its process ends, even if
    it is killed. The empty file stays (removing it while another process waits would let two of them in), so put it
    in a folder for temporary files.
    """
    from filelock import FileLock, Timeout

    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path, mode=_WRITABLE_BY_ALL)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        print(waiting, file=sys.stderr, flush=True)
        lock.acquire()
    try:
        yield
    finally:
        lock.release()
