"""Reading files of a catalogue within bounds: of size and of time, whatever the other side sends."""

import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from zoo.errors import ZooError
from zoo.files import named

PATIENCE_S = 15.0  # for any file, and for whoever does not answer
SLOWEST = 20_000  # bytes a second: below it a transfer is given up
_BLOCK = 1 << 16  # bytes
_REDIRECTS = 5


def local_blocks(path: Path, num_bytes: int) -> Iterator[bytes]:
    """The content of a file on this machine. Raises FileNotFoundError, and ZooError as `blocks` does."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise ZooError(f"{path} is not a file")
        with path.open("rb") as source:
            yield from _bounded(source, str(path), num_bytes)
    except NotADirectoryError as error:
        raise FileNotFoundError(path) from error
    except OSError as error:
        if isinstance(error, FileNotFoundError):
            raise
        raise ZooError(f"{path} cannot be read: {error.strerror or error}") from error


def blocks(system: Any, path: str, address: str, num_bytes: int) -> Iterator[bytes]:
    """The content of a file of a storage, at most `num_bytes` of it.

    system: of fsspec. address: for messages. Over HTTP the whole transfer has a time limit; other drivers of fsspec
    have limits of their own for a connection, and here one between blocks.
    Raises FileNotFoundError, and ZooError if there are more bytes, if it takes too long or cannot be read.
    """
    start, limit = time.monotonic(), PATIENCE_S + num_bytes / SLOWEST
    options = _of_http(limit) if "https" in _protocols(system) else {}
    try:
        with system.open(path, "rb", **options) as source:
            yield from _bounded(source, address, num_bytes)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise FileNotFoundError(address) from error
    except ZooError:
        raise
    except TimeoutError as error:
        taken = time.monotonic() - start
        raise ZooError(f"{address}: no answer, or no whole one, within {taken:.3g} s") from error
    except Exception as error:  # every driver has errors of its own
        raise ZooError(f"{address} cannot be reached: {_why(error)}") from error


def _bounded(source: Any, address: str, num_bytes: int) -> Iterator[bytes]:
    start, received = time.monotonic(), 0
    while block := source.read(min(_BLOCK, num_bytes + 1 - received)):
        received += len(block)
        if received > num_bytes:
            raise ZooError(f"{address} is larger than the {num_bytes} bytes that it may have")
        if (taken := time.monotonic() - start) > PATIENCE_S + received / SLOWEST:
            raise ZooError(f"{address}: only {received} bytes came in {taken:.3g} s")
        yield block


def _of_http(limit: float) -> dict[str, Any]:
    """Options of fsspec for a stream that nothing is asked about before, and of aiohttp for its request."""
    from aiohttp import ClientTimeout

    timeout = ClientTimeout(total=limit, connect=PATIENCE_S, sock_read=PATIENCE_S)
    headers = {"Accept-Encoding": "identity"}
    return {"block_size": 0, "size": 1, "timeout": timeout, "max_redirects": _REDIRECTS, "headers": headers}


def _protocols(system: Any) -> tuple[str, ...]:
    return (system.protocol,) if isinstance(system.protocol, str) else tuple(system.protocol)


def _why(error: Exception) -> str:
    if type(error).__name__ == "TooManyRedirects":
        return "it redirects without end"
    if (status := getattr(error, "status", None)) is not None:
        return f"the server responds {status} {named(getattr(error, 'message', ''))}".rstrip()
    return named(error) if str(error) else type(error).__name__
