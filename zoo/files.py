"""Atomic writing of files and folders."""

import errno
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from zoo.errors import ZooError

_FULL = "No space left on device"
_ALMOST_FULL = 65536  # bytes left
_SHOWN = 200  # characters of a name in a message


def disk_is_full(error: Exception, folder: Path | None = None) -> bool:
    """Whether a full disk or an exhausted quota caused `error`; folder: where something was written, if known.

    Polars and safetensors report it in the message of their own exceptions; torch does not report it at all.
    """
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return True
    if isinstance(error, ZooError):
        return False
    return _FULL in str(error) or (folder is not None and shutil.disk_usage(folder).free < _ALMOST_FULL)


_MODE = 0o644


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`; it replaces `path` when the block ends without an error.

    Raises ZooError when the disk is full; an existing file is then left untouched.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.part")
    try:
        yield part
        part.chmod(_MODE)  # some writers create files that only their owner can read
        part.replace(path)
    except Exception as error:
        if disk_is_full(error, path.parent):
            raise ZooError(
                f"no space left on the disk while writing {path}", "free some space and run it again"
            ) from error
        raise
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """Yield a new empty folder beside `path`; it replaces `path` when the block ends without an error.

    Raises ZooError when the disk is full; an existing folder is then left untouched.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.part")
    former = part.with_suffix(".former")
    part.mkdir()
    try:
        yield part
        if path.exists():
            path.replace(former)
        part.replace(path)
    except Exception as error:
        if disk_is_full(error, path.parent):
            raise ZooError(
                f"no space left on the disk while writing {path}", "free some space and run it again"
            ) from error
        raise
    finally:
        if former.exists() and not path.exists():
            former.replace(path)
        shutil.rmtree(part, ignore_errors=True)
        shutil.rmtree(former, ignore_errors=True)


def is_file(path: Path) -> bool:
    """Whether there is a file. None is where no path can be (a name that is too long) or where nobody may look."""
    try:
        return path.is_file()
    except OSError:
        return False


def is_folder(path: Path) -> bool:
    """Whether there is a folder; see `is_file`."""
    try:
        return path.is_dir()
    except OSError:
        return False


def named(path: object) -> str:
    """A path or name as a message shows it: at most 200 characters, and none that a terminal would obey.

    >>> named("a" * 999) == "a" * 100 + "…" + "a" * 99
    True
    """
    text = "".join(sign if sign.isprintable() else "�" for sign in str(path))
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN // 2]}…{text[1 - _SHOWN // 2 :]}"


def write_text(path: Path, text: str) -> None:
    """Write `text` as UTF-8, atomically."""
    with whole_file(path) as part:
        part.write_text(text, encoding="utf-8")
