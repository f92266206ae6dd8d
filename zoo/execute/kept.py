"""Results that later runs take up again: each beside the key of its inputs and the hash of its content."""

import hashlib
import sys
from pathlib import Path

from zoo.files import whole_file

_MARK = b"zoo-kept"


def keep(path: Path, key: str, content: bytes) -> None:
    """Write a result, whole or not at all. key: a hash of everything that decides it."""
    with whole_file(path) as part:
        part.write_bytes(b" ".join([_MARK, key.encode(), _hash(content)]) + b"\n" + content)


def kept(path: Path, key: str) -> bytes | None:
    """The result of these inputs; None where there is none.

    A file that was changed or cut off since it was written is removed, and stderr says so: the result is made again.
    """
    try:
        head, _, content = path.read_bytes().partition(b"\n")
    except FileNotFoundError:
        return None
    if head == b" ".join([_MARK, key.encode(), _hash(content)]):
        return content
    say_changed(path)
    path.unlink(missing_ok=True)
    return None


def say_changed(path: Path) -> None:
    """Say that a kept result is not what was written, and is made again."""
    print(f"{path} was changed or cut off since it was written: it is made again", file=sys.stderr, flush=True)


def _hash(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode()
