"""Decode, mix down, resample: the only package that opens audio.

Whatever a decoder raises is one ZooError about one file.
"""

import hashlib
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from zoo.audio import libsndfile, media
from zoo.audio.headers import needed_bytes
from zoo.audio.level import Level
from zoo.audio.stream import Block, Stream, within
from zoo.errors import ZooError
from zoo.files import named

RATE_HZ = 16_000
MAX_HOURS = 4  # of one recording; 0.9 GB at 16 kHz
MAX_VALUES = 2**30  # of a recording that is kept as it is stored: 2 GB of 16-bit integers
_OVERHANG_S = 0.1  # by which a segment may end after its recording: tables round their times
_LFS = b"version https://git-lfs"
_AGAIN = "copy or download it again"

Samples = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Recording:
    """An audio file. stored: (num_samples, channels), 16-bit integers where the file has them, otherwise float32."""

    stored: Block
    sampling_rate_hz: int

    @property
    def samples(self) -> Samples:
        """The samples in [-1, 1]: (num_samples, channels) float32."""
        return _as_floats(self.stored)

    @property
    def channels(self) -> int:
        """Channels as stored."""
        return int(self.stored.shape[1])

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return len(self.stored) / self.sampling_rate_hz

    @property
    def sha256_samples(self) -> str:
        """Hash of the samples as little-endian 16-bit integers, channels interleaved, whatever the container."""
        integers = self.stored
        if integers.dtype != np.int16:
            integers = np.clip(np.rint(self.samples * 32768.0), -32768, 32767).astype(np.int16)
        return hashlib.sha256(np.ascontiguousarray(integers, dtype="<i2").data).hexdigest()


@dataclass(frozen=True)
class Heard:
    """What is heard of a recording: (num_samples,) float32 at 16 kHz, one channel; and the levels of what is stored, of
    all channels and mixed down."""

    samples: Samples
    level: Level
    mixed: Level

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return len(self.samples) / RATE_HZ


def read(path: Path, start_s: float | None = None, end_s: float | None = None) -> Recording:
    """Decode an audio file as it is stored; or its segment from start_s to end_s, in seconds, exact to the sample.

    Of the whole recording's samples, a segment has those from round(start_s * rate) up to round(end_s * rate),
    exclusive. Wav, flac, mp3, ogg, opus and what else libsndfile reads; m4a, aac, mp4 and webm where PyAV is installed.
    Raises ZooError for a file that is missing, empty, a Git LFS pointer, not audio, cut off, of an absurd rate or of
    more than 16 channels, and for a segment that is not within it.
    """
    with opened(path) as file:
        return _recording(file, path, start_s, end_s)


def read_bytes(path: Path) -> bytes:
    """The bytes of a file, for `decode` and for a hash of them. Raises ZooError when the file cannot be read."""
    with opened(path) as file:
        return file.read()


def decode(stored: bytes, path: Path, start_s: float | None = None, end_s: float | None = None) -> Recording:
    """Decode the bytes of the audio file `path` (used in messages only), as `read` does."""
    return _recording(io.BytesIO(stored), path, start_s, end_s)


def load(path: Path, start_s: float | None = None, end_s: float | None = None) -> Samples:
    """The samples of a file or segment at 16 kHz, one channel: (num_samples,) float32. Raises ZooError naming it."""
    with opened(path) as file:
        return hear(file, path, start_s, end_s).samples


def hear(file: BinaryIO, name: object, start_s: float | None = None, end_s: float | None = None) -> Heard:
    """The samples of an open file at 16 kHz, one channel, and the level of what it stores.

    Decoded, mixed down and resampled block by block, so that memory does not depend on its rate and channels. The
    samples are those of `mono_16k(read(…))`, bit by bit. Raises ZooError naming `name`, as `read` does, and for samples
    that are not finite.
    """
    found, level, mixed = bytearray(), Level(), Level()
    with _opened(file, name) as stream:
        resampled = _resampler(stream.sampling_rate_hz)
        for block in _segment(stream, name, start_s, end_s):
            mono = _mono(block, name)
            level, mixed = level + Level.of(block), mixed + Level.of(mono)
            found += resampled(mono, False).tobytes()
        found += resampled(np.zeros(0, np.float32), True).tobytes()
    return Heard(np.frombuffer(found, np.float32), level, mixed)


def heard(recording: Recording, name: object) -> Heard:
    """What is heard of a recording in memory. Raises ZooError, naming `name`, when samples are not finite."""
    mono = _mono(recording.stored, name)
    return Heard(mono_16k(recording, name), Level.of(recording.stored), Level.of(mono))


def mono_16k(recording: Recording, name: object = "the audio") -> Samples:
    """Mix down to one channel and resample to 16 kHz: (num_samples,) float32.

    name: the file, used in messages. Raises ZooError when samples are not finite.
    """
    import soxr

    mono = _mono(recording.stored, name)
    if recording.sampling_rate_hz != RATE_HZ:
        mono = soxr.resample(mono, recording.sampling_rate_hz, RATE_HZ, quality="HQ")
    return np.ascontiguousarray(mono, dtype=np.float32)


def _mono(block: Block, name: object) -> Samples:
    mono = np.asarray(_as_floats(block).mean(axis=1, dtype=np.float32))
    if not np.isfinite(mono).all():
        raise ZooError(f"{name} contains values that are not numbers", "decode or convert it again", kind="not_finite")
    return mono


def _as_floats(block: Block) -> Samples:
    if block.dtype == np.int16:
        return block * np.float32(1 / 32768)
    return np.asarray(block, dtype=np.float32)


def _resampler(rate: int) -> Callable[[Samples, bool], Samples]:
    """Of parts of one recording, in order; True with the last of them."""
    import soxr

    if rate == RATE_HZ:
        return lambda part, _: part
    stream = soxr.ResampleStream(rate, RATE_HZ, 1, dtype="float32", quality="HQ")
    return lambda part, last: stream.resample_chunk(part, last=last)


def _recording(file: BinaryIO, name: object, start_s: float | None, end_s: float | None) -> Recording:
    found = bytearray()
    with _opened(file, name) as stream:
        for block in _segment(stream, name, start_s, end_s):
            found += block.tobytes()
            if len(found) > MAX_VALUES * block.itemsize:
                hours = len(found) / block.itemsize / block.shape[1] / stream.sampling_rate_hz / 3600
                raise ZooError(f"{name} is too long: more than {hours:.1f} hours", "split it into shorter recordings")
    return Recording(np.frombuffer(found, stream.dtype).reshape(-1, stream.channels), stream.sampling_rate_hz)


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """The open file at a path; only what is a file: a pipe would wait for whoever writes into it."""
    path = Path(path)
    try:
        if not path.is_file():
            raise ZooError(f"{named(path)} is not a file", "check the path", kind="missing")
        file = path.open("rb")
    except OSError as error:  # a name that is too long or a closed folder, too
        hint = "check the path, the disk and the file's permissions"
        raise ZooError(f"{named(path)} cannot be read: {error.strerror}", hint, kind="unreadable") from error
    with file:
        yield file


@contextmanager
def _opened(file: BinaryIO, name: object) -> Iterator[Stream]:
    """The decoder of an open file, which must be able to seek."""
    head = file.read(len(_LFS))
    num_bytes = file.seek(0, io.SEEK_END)
    if not head:
        raise ZooError(f"{name} is empty", _AGAIN, kind="empty")
    if head == _LFS:
        raise ZooError(f"{name} is a Git LFS pointer, not audio", "fetch the audio with `git lfs pull`", kind="pointer")
    needed = needed_bytes(file)
    file.seek(0)
    decoder = media if media.is_media(head) else libsndfile
    with decoder.opened(file, name) as stream:
        if needed:
            raise ZooError(f"{name} is cut off: {num_bytes} of {needed} bytes", _AGAIN, kind="cut_off")
        yield stream


def _segment(stream: Stream, name: object, start_s: float | None, end_s: float | None) -> Iterator[Block]:
    """The blocks of the whole stream or of a segment of it. Raises ZooError where it has none, or too many."""
    rate = stream.sampling_rate_hz
    if not 0 <= (start_s or 0.0) < (inf if end_s is None else end_s):
        raise ZooError(
            f"{name}: a segment from {start_s} to {end_s} s", "times are in seconds, the start before the end"
        )
    first, last = round((start_s or 0.0) * rate), None if end_s is None else round(end_s * rate)
    found = 0
    for block in within(stream.blocks_from(first), 0, None if last is None else last - first):
        found += len(block)
        if found > MAX_HOURS * 3600 * rate:
            raise ZooError(f"{name} lasts more than {MAX_HOURS} hours", "split it into shorter recordings")
        yield block
    if (start_s or end_s) and (not found or (last is not None and first + found + _OVERHANG_S * rate < last)):
        end = f"its sound ends at {(first + found) / rate:.3f} s" if found else "it ends before"
        raise ZooError(f"{name} has no segment from {start_s or 0:g} to {end_s} s: {end}", "check the segment's times")
    if not found:
        raise ZooError(f"{name} contains no samples", _AGAIN, kind="empty")
