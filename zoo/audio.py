"""Decode, mix down, resample: the only place that opens audio."""

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from zoo.errors import ZooError
from zoo.files import named

RATE_HZ = 16_000
_PADDING = 1024  # excess bytes that a header may declare: some writers round up, and a few milliseconds do not matter
_LFS = b"version https://git-lfs"
_OVERHANG_S = 0.1  # by which a segment may end after its recording: tables round their times
_STREAMED = 0x7FFF0000  # programs that write wav to a pipe do not know its size and declare this or more


@dataclass(frozen=True)
class Recording:
    """An audio file. stored: (num_samples, channels), 16-bit integers where the file has them, otherwise float32."""

    stored: npt.NDArray[np.int16] | npt.NDArray[np.float32]
    sampling_rate_hz: int

    @property
    def samples(self) -> npt.NDArray[np.float32]:
        """The samples in [-1, 1]: (num_samples, channels) float32."""
        if self.stored.dtype == np.int16:
            return self.stored * np.float32(1 / 32768)
        return np.asarray(self.stored, dtype=np.float32)

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


def read(path: Path, start_s: float | None = None, end_s: float | None = None) -> Recording:
    """Decode a wav, flac, mp3, ogg or opus file as it is stored; or its segment from start_s to end_s, in seconds.

    A segment has the samples from round(start_s * rate) up to round(end_s * rate), exclusive.
    Raises ZooError for a file that is missing, empty, a Git LFS pointer or not audio, for a truncated wav, and for a
    segment that is not within it.
    """
    return decode(read_bytes(path), path, start_s, end_s)


def read_bytes(path: Path) -> bytes:
    """The bytes of a file, for `decode` and for a hash of them. Raises ZooError when the file cannot be read."""
    path = Path(path)
    try:
        if not path.is_file():
            raise ZooError(f"{named(path)} is not a file", "check the path", kind="missing")
        return path.read_bytes()
    except OSError as error:  # a name that is too long or a closed folder, too
        hint = "check the path, the disk and the file's permissions"
        raise ZooError(f"{named(path)} cannot be read: {error.strerror}", hint, kind="unreadable") from error


def decode(stored: bytes, path: Path, start_s: float | None = None, end_s: float | None = None) -> Recording:
    """Decode the bytes of the audio file `path` (used in messages only). Raises ZooError as `read` does."""
    import soundfile

    if not stored:
        raise ZooError(f"{path} is empty", "copy or download it again", kind="empty")
    if stored.startswith(_LFS):
        raise ZooError(f"{path} is a Git LFS pointer, not audio", "fetch the audio with `git lfs pull`", kind="pointer")
    try:
        with soundfile.SoundFile(io.BytesIO(stored)) as file:
            rate = file.samplerate
            # letting libsndfile convert 16-bit integers to floats takes three times as long
            samples = file.read(dtype="int16" if file.subtype == "PCM_16" else "float32", always_2d=True)
    except (soundfile.LibsndfileError, RuntimeError, TypeError) as error:
        hint = "supported formats: wav, flac, mp3, ogg and opus"
        raise ZooError(f"{path} is not readable audio", hint, kind="unreadable") from error
    if (declared := _declared_bytes(stored)) > len(stored) + _PADDING:
        message = f"{path} is cut off: {len(stored)} of {declared} bytes"
        raise ZooError(message, "copy or download it again", kind="cut_off")
    if len(samples) == 0:
        raise ZooError(f"{path} contains no samples", "copy or download it again", kind="empty")
    return _segment(Recording(samples, int(rate)), path, start_s, end_s)


def _segment(whole: Recording, path: Path, start_s: float | None, end_s: float | None) -> Recording:
    if start_s is None and end_s is None:
        return whole
    start, end = (whole.duration_s * at if value is None else value for at, value in enumerate((start_s, end_s)))
    if not 0 <= start < end <= whole.duration_s + _OVERHANG_S:
        message = f"{path} has no segment from {start:g} to {end:g} s: it lasts {whole.duration_s:.2f} s"
        raise ZooError(message, "correct start and end of the segment", kind="unreadable")
    first, last = (round(at * whole.sampling_rate_hz) for at in (start, end))
    if not len(part := whole.stored[first:last]):
        raise ZooError(f"{path} contains no samples from {start:g} to {end:g} s", "correct the segment", kind="empty")
    return Recording(part, whole.sampling_rate_hz)


def _declared_bytes(stored: bytes) -> int:
    """Where a wav's samples end according to its header, in bytes; 0 for other files and headers without a size.

    libsndfile reads a truncated file without an error.
    """
    if stored[:4] != b"RIFF" or stored[8:12] != b"WAVE":
        return 0
    start = 12
    while start + 8 <= len(stored):
        size = int.from_bytes(stored[start + 4 : start + 8], "little")
        if stored[start : start + 4] == b"data":
            return start + 8 + size if size < _STREAMED else 0
        start += 8 + size + size % 2  # chunks begin at even offsets
    return 0


def mono_16k(recording: Recording, name: object = "the audio") -> npt.NDArray[np.float32]:
    """Mix down to one channel and resample to 16 kHz: (num_samples,) float32.

    name: the file, used in messages. Raises ZooError when samples are not finite.
    """
    import soxr

    mono = recording.samples.mean(axis=1, dtype=np.float32)
    if not np.isfinite(mono).all():
        raise ZooError(f"{name} contains values that are not numbers", "decode or convert it again", kind="not_finite")
    if recording.sampling_rate_hz != RATE_HZ:
        mono = soxr.resample(mono, recording.sampling_rate_hz, RATE_HZ, quality="HQ")
    return np.ascontiguousarray(mono, dtype=np.float32)


def load(path: Path, start_s: float | None = None, end_s: float | None = None) -> npt.NDArray[np.float32]:
    """The samples of a file, or of a segment of it (see `read`), at 16 kHz, one channel: (num_samples,) float32.

    Raises ZooError naming the file.
    """
    return mono_16k(read(path, start_s, end_s), path)
