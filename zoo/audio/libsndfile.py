"""Decoding by libsndfile: wav, flac, mp3, ogg, opus, aiff and others."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, BinaryIO

from zoo.audio.stream import BLOCK, Block, Stream, require_speech, within
from zoo.errors import ZooError

_LOST_S = 0.1  # the decoded sound may be shorter than declared by this: encoders pad the last frame
_EXACT = ("PCM", "FLOAT", "DOUBLE", "ULAW", "ALAW")  # only in these a seek ends at the very sample
_UNKNOWN = 2**60  # samples: more are declared where the writer did not know how many


@contextmanager
def opened(file: BinaryIO, name: object) -> Iterator[Stream]:
    """The decoder of an open file. Raises ZooError for what is not readable audio, here and block by block."""
    import soundfile

    quiet = _silenced if _is_mpeg(file) else nullcontext
    try:
        with quiet():
            sound = soundfile.SoundFile(_Steady(file))
    except Exception as error:  # whatever a decoder raises is a fault of this file
        raise _unreadable(name) from error
    with sound:
        # without this, every read ends with a seek, which is not exact in mp3 and fails in flac without a length
        sound.seekable = lambda: False
        require_speech(sound.samplerate, sound.channels, name)
        # letting libsndfile convert 16-bit integers to floats takes three times as long
        dtype = "int16" if sound.subtype == "PCM_16" else "float32"
        yield Stream(sound.samplerate, sound.channels, dtype, lambda first: _blocks(sound, first, dtype, name, quiet))


def _blocks(sound: Any, first: int, dtype: str, name: object, quiet: Any) -> Iterator[Block]:
    if sound.subtype.startswith(_EXACT) and first < sound.frames < _UNKNOWN:
        return _decoded(sound, first, dtype, name, quiet)
    return within(_decoded(sound, 0, dtype, name, quiet), first)


def _decoded(sound: Any, first: int, dtype: str, name: object, quiet: Any) -> Iterator[Block]:
    found = first
    while True:
        try:
            if first and found == first:
                sound.seek(first)
            with quiet():
                block = sound.read(BLOCK, dtype=dtype, always_2d=True)
        except Exception as error:
            raise _unreadable(name) from error
        found += len(block)
        if len(block):
            yield block
        if len(block) < BLOCK:
            break
    if found + _LOST_S * sound.samplerate < sound.frames < _UNKNOWN:
        seconds = f"{found / sound.samplerate:.2f} of {sound.frames / sound.samplerate:.2f} s"
        raise ZooError(
            f"{name} is cut off or damaged: {seconds} can be decoded", "copy or download it again", kind="cut_off"
        )


def _unreadable(name: object) -> ZooError:
    hint = "it may be damaged; wav, flac, mp3, ogg, opus, aiff, w64, caf, au and sphere are read"
    return ZooError(f"{name} is not readable audio", hint, kind="unreadable")


class _Steady:
    """A file as libsndfile wants it: what fails is reported by its value, since nothing catches an exception there."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.tell = file.tell

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        try:
            return self._file.seek(offset, whence)
        except (OSError, ValueError, OverflowError):
            return -1

    def readinto(self, buffer: Any) -> int:
        try:
            return self._file.readinto(buffer)  # type: ignore[attr-defined, no-any-return]
        except (OSError, ValueError, OverflowError):
            return 0

    def read(self, num_bytes: int = -1) -> bytes:
        return self._file.read(num_bytes)


def _is_mpeg(file: BinaryIO) -> bool:
    """Whether libsndfile will take it for mp3."""
    head = file.read(3)
    file.seek(0)
    return head == b"ID3" or (len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0)


_LOCK = threading.Lock()
_quiet_threads = 0
_stderr = -1


@contextmanager
def _silenced() -> Iterator[None]:
    """Without what the process writes to stderr: libmpg123 comments on every damaged frame there, and nothing stops it.

    Only for the time of one block. Several threads may be in it.
    """
    global _quiet_threads, _stderr
    with _LOCK:
        _quiet_threads += 1
        if _quiet_threads == 1:
            _stderr = _redirected()
    try:
        yield
    finally:
        with _LOCK:
            _quiet_threads -= 1
            if not _quiet_threads and _stderr >= 0:
                os.dup2(_stderr, 2)
                os.close(_stderr)
                _stderr = -1


def _redirected() -> int:
    """A copy of stderr, which now goes nowhere; -1 where the process has none."""
    try:
        kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    except OSError:
        return -1
    os.dup2(nowhere, 2)
    os.close(nowhere)
    return kept
