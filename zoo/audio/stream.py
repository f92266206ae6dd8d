"""What a decoder gives: an open recording, block by block."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zoo.errors import ZooError

RATES_HZ = (1_000, 768_000)
MAX_CHANNELS = 16
BLOCK = 2**16  # samples of every channel

Block = npt.NDArray[np.int16] | npt.NDArray[np.float32]


@dataclass(frozen=True)
class Stream:
    """An open recording. blocks_from: its blocks from a sample on, (num_samples, channels) each, of the dtype: int16 or
    float32, full scale 1."""

    sampling_rate_hz: int
    channels: int
    dtype: str
    blocks_from: Callable[[int], Iterator[Block]]


def require_speech(rate: int, channels: int, name: object) -> None:
    """Raise ZooError for a rate or number of channels that no recording of speech has."""
    if not RATES_HZ[0] <= rate <= RATES_HZ[1]:
        hint = f"convert it again; rates of speech are {RATES_HZ[0]} to {RATES_HZ[1]} Hz"
        raise ZooError(f"{name} states a sampling rate of {rate} Hz", hint, kind="unreadable")
    if not 1 <= channels <= MAX_CHANNELS:
        hint = f"mix it down first: at most {MAX_CHANNELS} channels are read"
        raise ZooError(f"{name} has {channels} channels", hint, kind="unreadable")


def within(blocks: Iterator[Block], first: int, last: int | None = None) -> Iterator[Block]:
    """The samples of blocks from `first` up to `last`, exclusive; None for all that follow."""
    start = 0
    for block in blocks:
        part = block[max(0, first - start) : None if last is None else max(0, last - start)]
        if len(part):
            yield part
        start += len(block)
        if last is not None and start >= last:
            return
