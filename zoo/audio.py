"""Decode, mix down, resample: the only place that opens audio."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from zoo.errors import ZooError

RATE_HZ = 16_000
_LFS = b"version https://git-lfs"


@dataclass(frozen=True)
class Recording:
    """An audio file as stored. samples: (num_samples, channels) float32 in [-1, 1]."""

    samples: npt.NDArray[np.float32]
    sampling_rate_hz: int

    @property
    def channels(self) -> int:
        return int(self.samples.shape[1])

    @property
    def duration_s(self) -> float:
        return len(self.samples) / self.sampling_rate_hz

    @property
    def sha256_samples(self) -> str:
        """Of the samples as little-endian 16-bit integers, channels interleaved, whatever the container."""
        whole = np.clip(np.rint(self.samples * 32768.0), -32768, 32767).astype("<i2")
        return hashlib.sha256(whole.tobytes()).hexdigest()


def read(path: Path) -> Recording:
    """Decode a wav, flac, mp3, ogg or opus file as it is stored.

    Raises ZooError for a file that is absent, empty, a Git LFS pointer, or no audio.
    """
    import soundfile

    path = Path(path)
    if not path.is_file():
        raise ZooError(f"{path} is not a file", "check the path")
    if path.stat().st_size == 0:
        raise ZooError(f"{path} is empty", "copy or download it again")
    try:
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    except (soundfile.LibsndfileError, RuntimeError) as error:
        with open(path, "rb") as file:
            head = file.read(len(_LFS))
        if head == _LFS:
            raise ZooError(f"{path} is a Git LFS pointer, not audio", "fetch the audio with `git lfs pull`") from error
        raise ZooError(f"{path} is not readable audio", "wav, flac, mp3, ogg and opus can be read") from error
    if len(samples) == 0:
        raise ZooError(f"{path} holds no samples", "copy or download it again")
    return Recording(samples, int(rate))


def mono_16k(recording: Recording) -> npt.NDArray[np.float32]:
    """Mix down to one channel and resample to 16 kHz: (num_samples,) float32.

    Raises ZooError when samples are not finite.
    """
    import soxr

    mono = recording.samples.mean(axis=1, dtype=np.float32)
    if not np.isfinite(mono).all():
        raise ZooError("the audio holds values that are not numbers", "decode or convert it again")
    if recording.sampling_rate_hz != RATE_HZ:
        mono = soxr.resample(mono, recording.sampling_rate_hz, RATE_HZ, quality="HQ")
    return np.ascontiguousarray(mono, dtype=np.float32)


def load(path: Path) -> npt.NDArray[np.float32]:
    """The samples of a file at 16 kHz, one channel: (num_samples,) float32. Raises ZooError naming the file."""
    try:
        return mono_16k(read(path))
    except ZooError as error:
        if str(path) in error.message:
            raise
        raise ZooError(f"{path}: {error.message}", error.hint) from error
