"""Golden answers: what the networks of a release answer to three utterances, by which it is recognised when loaded.

The utterances are synthetic, so nothing recorded is passed on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from zoo.architectures.recogniser import Recogniser
from zoo.errors import ZooError
from zoo.files import whole_file
from zoo.inputs.contract import Input
from zoo.runtime.inference import outputs
from zoo.runtime.release import Release
from zoo.runtime.views import views
from zoo.synthetic import emodb, iemocap, ravdess
from zoo.synthetic.speech import Take, speak

TOLERANCE = 1e-4  # of outputs in float32, absolute
# of those that build on an encoder: processors add up its many terms in other orders, and the grid of half precision
# makes a step of a rounding; of copies too, whose samples are computed in float32
TOLERANCE_OF_ENCODER = 1e-2
# of those in int8, where a rounding that falls the other way on another kind of processor grows from layer to layer;
# the outputs of float32 differ by more
TOLERANCE_OF_INT8 = 1.0
TAKES = (
    (emodb.STAND_IN, Take("golden/anger", "golden", "female", "anger", "a01")),
    (ravdess.STAND_IN, Take("golden/sadness", "golden", "male", "sadness", "1")),
    (iemocap.STAND_IN, Take("golden/happiness", "golden", "female", "happiness", "golden")),
)

Samples = npt.NDArray[np.float32]
Stored = npt.NDArray[np.int16]
Outputs = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Golden:
    """samples: of three utterances at 16 kHz, as 16-bit integers. outputs: (3, O) of each network; where answers are
    averaged over views, so many times three rows, in the order of `zoo.runtime.views`."""

    samples: list[Stored]
    outputs: list[Outputs]


def make(heard: Input, networks: Sequence[Recogniser], number: int = 1) -> Golden:
    """The golden answers of networks. number: of views."""
    samples = [np.rint(speak(stand_in, take) * 32767).astype(np.int16) for stand_in, take in TAKES]
    return Golden(samples, answers(heard, networks, samples, number))


def answers(heard: Input, networks: Sequence[Recogniser], samples: Sequence[Stored], number: int = 1) -> list[Outputs]:
    """The outputs of each network, in one thread: equal bits whatever the number of cores. number: of views."""
    seen = views([stored * np.float32(1 / 32768) for stored in samples], number, heard.changes)
    frames = [rows for sounds in seen for rows in heard.compute(sounds)]
    lengths, threads = [len(array) for array in frames], torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return [outputs(network, lengths, lambda row: frames[row]) for network in networks]
    finally:
        torch.set_num_threads(threads)


def tolerance(release: Release, views: int) -> float:
    """By how much the outputs of a release may differ from the golden ones."""
    if release.base is None and views == 1:
        return TOLERANCE
    return TOLERANCE_OF_INT8 if release.input.int8 else TOLERANCE_OF_ENCODER


def write(golden: Golden, path: Path) -> None:
    """Write golden.safetensors; equal answers are equal bytes."""
    from safetensors.numpy import save_file

    tensors: dict[str, npt.NDArray[np.generic]] = {}
    tensors |= {f"samples.{number}": array for number, array in enumerate(golden.samples)}
    tensors |= {f"outputs.{number}": array for number, array in enumerate(golden.outputs)}
    with whole_file(path) as part:
        save_file(tensors, part)


def read(path: Path) -> Golden:
    """Read golden.safetensors. Raises ZooError if it is missing or not what `write` wrote."""
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        tensors = load_file(path)
        samples = [tensors.pop(f"samples.{number}") for number in range(len(TAKES))]
        found = [tensors.pop(f"outputs.{number}") for number in range(len(tensors))]
    except (SafetensorError, OSError, KeyError) as error:
        raise ZooError(f"{path} is missing or not readable", "fetch the release again") from error
    if any(array.dtype != np.int16 or array.ndim != 1 or not array.size for array in samples):
        raise ZooError(f"{path} does not hold samples", "fetch the release again")
    return Golden(samples, found)


def difference(golden: Golden, heard: Input, networks: Sequence[Recogniser], number: int = 1) -> float:
    """The largest difference of the networks' outputs from the golden ones; infinite if they are of other shapes.

    number: of views.
    """
    found = answers(heard, networks, golden.samples, number)
    if [array.shape for array in found] != [array.shape for array in golden.outputs]:
        return float("inf")
    # of numpy: the maximum of Python would pass over NaN
    largest = float(np.max([np.abs(one - other).max() for one, other in zip(found, golden.outputs, strict=True)]))
    return largest if np.isfinite(largest) else float("inf")
