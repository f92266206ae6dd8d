"""Results that later runs reuse: each is stored with the key of its inputs and the hash of its content."""

import hashlib
import sys
from pathlib import Path

from zoo.errors import ZooError
from zoo.files import whole_file

_MARK = b"zoo-kept"


def keep(path: Path, key: str, content: bytes) -> None:
    """Write a result, whole or not at all. key: a hash of everything that determines it."""
    with whole_file(path) as part:
        part.write_bytes(b" ".join([_MARK, key.encode(), _hash(content)]) + b"\n" + content)


def kept(path: Path, key: str) -> bytes | None:
    """The result of these inputs; None where there is none.

    A file that was changed or truncated since it was written is removed with a warning on stderr.
    Raises ZooError if something else is in its place, such as a folder.
    """
    try:
        head, _, content = path.read_bytes().partition(b"\n")
    except FileNotFoundError:
        return None
    except IsADirectoryError as error:
        raise ZooError(f"{path} is a folder, where a kept result should be", "remove it and run this again") from error
    if head == b" ".join([_MARK, key.encode(), _hash(content)]):
        return content
    warn_changed(path)
    path.unlink(missing_ok=True)
    return None


def warn_changed(path: Path) -> None:
    """Warn on stderr that a kept result is not what was written, so it is computed again."""
    print(f"{path} was changed or truncated since it was written; computing it again", file=sys.stderr, flush=True)


def _hash(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode()
