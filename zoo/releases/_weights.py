"""Weights as they are published: in half precision, free of what is not a number, equal bytes for equal weights."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from zoo.errors import ZooError
from zoo.files import whole_file

Arrays = dict[str, npt.NDArray[Any]]
PRECISION = "float16"


def _half(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    if not np.issubdtype(array.dtype, np.floating):
        return array
    with np.errstate(over="ignore"):
        half = array.astype(np.float16)
    # a figure beyond 65504 would become infinite: such a tensor stays as it is
    return half if np.isfinite(half).all() else array.astype(np.float32)


def read(path: Path) -> Arrays:
    """The tensors of a safetensors file, by name. Raises ZooError when it is absent or damaged."""
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        arrays: Arrays = load_file(path)
    except FileNotFoundError as error:
        raise ZooError(f"{path} is not here", "make it again: dvc repro") from error
    except (SafetensorError, OSError, ValueError) as error:
        raise ZooError(f"{path} is damaged: it does not read as safetensors", "make or take it again") from error
    return arrays


def write_half(source: Path, path: Path) -> None:
    """Copy trained weights in half precision. Raises ZooError when a weight is not finite."""
    from safetensors.numpy import save_file

    arrays = read(source)
    for name, array in arrays.items():
        if not np.isfinite(array).all():
            raise ZooError(f"{source}: {name} holds values that are not numbers", "the training failed: run it again")
    with whole_file(path) as part:
        save_file({name: _half(array) for name, array in sorted(arrays.items())}, part)
