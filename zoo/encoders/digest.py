"""A hash of an encoder's weights that is the same for every file that holds them.

Checkpoints of one encoder come in single and half precision, with a decoder or a head or without, whole or in parts,
so that the hashes of their files differ. This one is of the encoder's own weights, under their own names, rounded to
half precision.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from zoo.errors import ZooError

Own = Callable[[str], str | None]  # a name in a file -> that in the encoder; None for what is none of the encoder's
_TYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2", "I64": "<i8", "I32": "<i4", "U8": "<u1", "I8": "<i1"}


def digest(files: Sequence[Path], own: Own) -> str:
    """sha256 of the weights in these files of safetensors, whatever their order. Raises ZooError for damaged files."""
    each: dict[str, str] = {}
    for path in files:
        for name, values in _weights(path, own):
            with np.errstate(over="ignore"):
                rounded = values.astype("<f2") if values.dtype.kind == "f" else values
            each[name] = f"{list(values.shape)} {hashlib.sha256(rounded.tobytes()).hexdigest()}"
    return hashlib.sha256(json.dumps(each, sort_keys=True).encode()).hexdigest()


def num_weights(files: Sequence[Path], own: Own) -> int:
    """Numbers in the encoder's weights, by the heads of the files. Raises ZooError for damaged files."""
    found = 0
    for path in files:
        with _damage_named(path):
            header, _ = _header(np.memmap(path, np.uint8, mode="r"))
            found += sum(prod(of["shape"]) for name, of in header.items() if own(name) is not None)
    return found


def _weights(path: Path, own: Own) -> Iterator[tuple[str, npt.NDArray[Any]]]:
    with _damage_named(path):
        content = np.memmap(path, np.uint8, mode="r")
        header, begin = _header(content)
        for name, of in header.items():
            start, end = (begin + place for place in of["data_offsets"])
            if (known := own(name)) is None:
                continue
            raw = np.frombuffer(content[start:end].tobytes(), _TYPES[of["dtype"]])
            if of["dtype"] == "BF16":
                raw = (raw.astype("<u4") << 16).view("<f4")
            yield known, raw.reshape(of["shape"])


def _header(content: npt.NDArray[np.uint8]) -> tuple[dict[str, Any], int]:
    """What is said of each tensor, and where the first one begins."""
    size = int(content[:8].view("<u8")[0])
    header: dict[str, Any] = json.loads(content[8 : 8 + size].tobytes())
    header.pop("__metadata__", None)
    return header, 8 + size


@contextmanager
def _damage_named(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError, KeyError, TypeError, IndexError, OverflowError, MemoryError) as error:
        raise ZooError(f"{path} is no whole file of safetensors", "download the checkpoint again") from error
