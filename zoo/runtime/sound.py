"""What people pass to a model: paths and arrays of samples, checked and brought to 16 kHz and one channel."""

import numbers
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from zoo import audio
from zoo.audio import Heard, Samples
from zoo.audio.judgement import LONGEST_S, cancelled, unusable
from zoo.audio.stream import MAX_CHANNELS, RATES_HZ
from zoo.errors import WRONG_USAGE, ZooError

Array = npt.NDArray[Any]
Sound = str | Path | Array

_SPEECH = f"{RATES_HZ[0]} to {RATES_HZ[1]} Hz"


def of_file(path: Path, whole: bool = True) -> Heard:
    """What is heard of a file. Raises ZooError naming it, also for what is no usable speech.

    whole: it gets one answer, so that it must not be too long.
    """
    with audio.opened(path) as file:
        return of_open_file(file, path, whole)


def of_open_file(file: BinaryIO, name: object, whole: bool = True) -> Heard:
    """What is heard of an open file, which can seek; as `of_file`."""
    return _usable(audio.hear(file, name), name, whole)


def _usable(heard: Heard, name: object, whole: bool = True) -> Heard:
    duration_s = heard.duration_s if whole else min(heard.duration_s, LONGEST_S)
    problem = unusable(name, duration_s, heard.level) or cancelled(name, heard.level, heard.mixed)
    if problem:
        raise problem
    return heard


def of_array(array: Any, sampling_rate: Any, name: str) -> Samples:
    """Samples of an array: (num_samples,) float32 at 16 kHz.

    array: (num_samples,), or with a second axis, before or after, of at most 16 channels, which are mixed down.
    Floats are within -1 and 1; integers of 8 (unsigned), 16 or 32 bits have the full scale of their type. Their byte
    order does not matter.
    Raises ZooError, naming `name`, for anything else, and for what is no usable speech.
    """
    rate = _rate(sampling_rate, name)
    channels = _channels(_array(array, name), name)
    return _usable(audio.heard(audio.Recording(_stored(channels, name), rate), name), name).samples


def _rate(sampling_rate: Any, name: str) -> int:
    hint = "pass sampling_rate=…, the rate of these samples in Hz, such as 16_000 or 44_100"
    if sampling_rate is None:
        raise ZooError(f"the sampling rate of {name} is not stated", hint, WRONG_USAGE)
    if not isinstance(sampling_rate, numbers.Real) or isinstance(sampling_rate, (bool, np.bool_)):
        raise ZooError(f"the sampling rate of {name} is {type(sampling_rate).__name__}", hint, WRONG_USAGE)
    if not RATES_HZ[0] <= sampling_rate <= RATES_HZ[1]:  # type: ignore[operator]  # the number itself may be too long to be written
        raise ZooError(f"the sampling rate of {name} is not one of speech: {_SPEECH}", hint, WRONG_USAGE)
    rate = float(sampling_rate)
    if not rate.is_integer():
        raise ZooError(f"the sampling rate of {name} is {rate} Hz, no whole number", hint, WRONG_USAGE)
    return int(rate)


def _array(array: Any, name: str) -> Array:
    if not hasattr(array, "__array__"):
        raise ZooError(
            f"{name} is {type(array).__name__}", "pass a path or an array of samples, or a list of these", WRONG_USAGE
        )
    try:
        return np.asarray(array)
    except (TypeError, ValueError, RuntimeError) as error:  # a tensor on a GPU or with gradients
        raise ZooError(f"{name} cannot be read as an array: {error}", "pass a numpy array", WRONG_USAGE) from error


def _channels(array: Array, name: str) -> Array:
    """(num_samples, channels)."""
    if array.size == 0:
        raise ZooError(f"{name} contains no samples", "pass at least 25 ms of speech", WRONG_USAGE, kind="empty")
    if array.ndim == 1:
        return array[:, None]
    narrow = [axis for axis in range(array.ndim) if array.shape[axis] <= MAX_CHANNELS]
    if array.ndim != 2 or len(narrow) != 1:
        raise ZooError(
            f"{name} has the shape {array.shape}",
            f"pass (num_samples,), or one more axis of at most {MAX_CHANNELS} channels; a list for several utterances",
            WRONG_USAGE,
        )
    return array.T if narrow == [0] else array


def _stored(array: Array, name: str) -> npt.NDArray[np.int16] | Samples:
    kind = array.dtype.newbyteorder("=")
    if kind == np.int16:
        return np.ascontiguousarray(array, dtype=np.int16)
    if kind == np.int32:
        return (array / 2.0**31).astype(np.float32)
    if kind == np.uint8:
        return ((array.astype(np.float32) - 128) / 128).astype(np.float32)
    if np.issubdtype(kind, np.floating):
        with np.errstate(over="ignore"):  # what is too large becomes infinite, which is an error of its own
            return np.asarray(array, dtype=np.float32)
    raise ZooError(
        f"{name} is of the type {kind}", "pass floats within -1 and 1, or int16, int32 or uint8", WRONG_USAGE
    )
