"""Decoding of m4a, aac, mp4, webm and others by PyAV (the extra `media`), which brings FFmpeg's libraries."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

import numpy as np

from zoo.audio.stream import Block, Stream, require_speech, within
from zoo.errors import ZooError
from zoo.files import named

_LOST_S = 0.5  # the sound may be shorter than declared by this
_AMR = b"#!AMR"
_MATROSKA = bytes.fromhex("1a45dfa3")
_WMA = bytes.fromhex("3026b2758e66cf11")


def is_media(head: bytes) -> bool:
    """Whether the first 12 bytes of a file are of a kind that libsndfile does not read: mp4, webm, aac, amr, wma."""
    aac = len(head) > 1 and head[0] == 0xFF and head[1] & 0xF6 == 0xF0  # mp3 has other bits for the layer
    return head[4:8] == b"ftyp" or aac or head.startswith((_AMR, _MATROSKA, _WMA))


@contextmanager
def opened(file: BinaryIO, name: object) -> Iterator[Stream]:
    """The decoder of the first audio track of an open file. Raises ZooError as `libsndfile.opened` does."""
    try:
        import av
    except ImportError as error:
        hint = f"install it: pip install 'ser-zoo[media]', or convert it: ffmpeg -i {named(name)} speech.wav"
        raise ZooError(f"{name} is not read without PyAV (m4a, aac, mp4, webm)", hint, kind="unreadable") from error
    try:
        container = av.open(file, "r")
    except Exception as error:  # whatever a decoder raises is a fault of this file
        raise _unreadable(name) from error
    with container:
        if not container.streams.audio:
            raise ZooError(f"{name} has no sound", "choose another file", kind="unreadable")
        track = container.streams.audio[0]
        rate, channels = int(track.codec_context.sample_rate), int(track.codec_context.channels)
        require_speech(rate, channels, name)
        blocks = _blocks(av, container, track, name)
        yield Stream(rate, channels, "float32", lambda first: within(blocks, first))


def _blocks(av: Any, container: Any, track: Any, name: object) -> Iterator[Block]:
    rate, found = int(track.codec_context.sample_rate), 0
    try:
        resampler = av.AudioResampler(format="fltp", layout=track.codec_context.layout, rate=rate)
        for frame in container.decode(track):
            for part in resampler.resample(frame):
                found += part.samples
                yield np.ascontiguousarray(part.to_ndarray().T, dtype=np.float32)
        for part in resampler.resample(None):
            found += part.samples
            yield np.ascontiguousarray(part.to_ndarray().T, dtype=np.float32)
    except ZooError:
        raise
    except Exception as error:
        raise _unreadable(name) from error
    declared = float(track.duration * track.time_base) if track.duration else 0.0
    if found / rate + _LOST_S < declared:
        seconds = f"{found / rate:.2f} of {declared:.2f} s"
        raise ZooError(
            f"{name} is cut off or damaged: {seconds} can be decoded", "copy or download it again", kind="cut_off"
        )


def _unreadable(name: object) -> ZooError:
    return ZooError(f"{name} is not readable audio", "it may be damaged: copy or download it again", kind="unreadable")
