"""Where a file's sound must end by what its header says: decoders read a cut one without an error."""

import os
from collections.abc import Iterator
from math import prod
from typing import BinaryIO, Literal

_STREAMED = 0x7FFF0000  # programs that write wav to a pipe do not know its size and declare this or more
# bytes that a header may declare in excess, and of a short file this share: some writers round up, and a few
# milliseconds do not matter
_EXCESS, _EXCESS_SHARE = 1024, 0.05
_HUGE = 2**62  # bytes: where nothing can be sought
_MAX_CHUNKS = 10_000
_OGG_TAIL = 2**17  # bytes: a page has less than half of it
# of w64, whose chunks are named by 16 bytes
_W64_RIFF = bytes.fromhex("726966662e91cf11a5d628db04c10000")
_W64_DATA = bytes.fromhex("64617461f3acd3118cd100c04f8edb8a")

Order = Literal["little", "big"]


def needed_bytes(file: BinaryIO) -> int:
    """How many bytes an open file must have; 0 if it has them, for other formats, and where the header does not say.

    Known are wav (RIFF, RIFX, RF64), w64, AIFF, AU, CAF, NIST sphere, ogg and mp4.
    """
    num_bytes = file.seek(0, os.SEEK_END)
    declared, excess = _end(file)
    return declared if declared > num_bytes + excess else 0


def _end(file: BinaryIO) -> tuple[int, int]:
    """Where the sound must end, and by how much the file may be shorter."""
    file.seek(0)
    head = file.read(16)
    if head[:4] == b"OggS":
        return _ogg(file), 0
    if head[4:8] == b"ftyp":
        return _mp4(file), 0
    end = _uncompressed(file, head)
    return end, int(min(_EXCESS, _EXCESS_SHARE * end))


def _uncompressed(file: BinaryIO, head: bytes) -> int:
    if head[:4] in (b"RIFF", b"RIFX", b"RF64") and head[8:12] == b"WAVE":
        return _wav(file, "big" if head[:4] == b"RIFX" else "little")
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return max((end for name, _, end in _chunks(file, 12, 4, "big") if name == b"SSND"), default=0)
    if head == _W64_RIFF:
        return _w64(file)
    if head[:4] == b"caff":
        return max((end for name, _, end in _chunks(file, 8, 8, "big") if name == b"data"), default=0)
    if head[:4] == b".snd":
        size = int.from_bytes(head[8:12], "big")
        return int.from_bytes(head[4:8], "big") + size if size < _STREAMED else 0
    if head[:8] == b"NIST_1A\n":
        return _nist(file)
    return 0


def _chunks(file: BinaryIO, start: int, width: int, order: Order) -> Iterator[tuple[bytes, int, int]]:
    """Of chunks with a name of four bytes and a size of `width`: name, start and end of the content; its end is 0
    where the writer did not know it."""
    for _ in range(_MAX_CHUNKS):
        file.seek(start)
        head = file.read(4 + width)
        if len(head) < 4 + width:
            return
        size = int.from_bytes(head[4:], order)
        unknown = size >= _STREAMED if width == 4 else size >= 2**63
        start += 4 + width
        yield head[:4], start, 0 if unknown else start + size
        if size >= _HUGE:
            return
        start += size + (size % 2 if width == 4 else 0)  # those of wav and AIFF begin at even offsets


def _wav(file: BinaryIO, order: Order) -> int:
    large = 0  # RF64 has sizes beyond four bytes in a chunk before the others
    for name, start, end in _chunks(file, 12, 4, order):
        if name == b"ds64":
            file.seek(start + 8)
            large = int.from_bytes(file.read(8), order)
        elif name == b"data":
            return end or (start + large if 0 < large < _HUGE else 0)
    return 0


def _w64(file: BinaryIO) -> int:
    start = 40  # after the names of the file and of its kind
    for _ in range(_MAX_CHUNKS):
        file.seek(start)
        head = file.read(24)
        size = int.from_bytes(head[16:], "little")  # with these 24 bytes
        if len(head) < 24 or not 24 <= size < _HUGE:
            return 0
        if head[:16] == _W64_DATA:
            return start + size
        start += -(-size // 8) * 8
    return 0


def _nist(file: BinaryIO) -> int:
    file.seek(8)
    fields = [line.split() for line in file.read(4096).split(b"end_head")[0].splitlines()]
    known = {line[0]: int(line[2]) for line in fields if len(line) == 3 and line[2].isdigit()}
    size = [known.get(name, 0) for name in (b"sample_count", b"sample_n_bytes", b"channel_count")]
    start = fields[0][0] if fields and fields[0] else b""
    return int(start) + prod(size) if start.isdigit() and len(start) < 8 else 0


def _ogg(file: BinaryIO) -> int:
    """The end of the last page."""
    start = max(0, file.seek(0, os.SEEK_END) - _OGG_TAIL)
    file.seek(start)
    tail = file.read()
    place = tail.rfind(b"OggS")
    num_segments = tail[place + 26] if 0 <= place < len(tail) - 26 else 0
    sizes = tail[place + 27 : place + 27 + num_segments]
    return start + place + 27 + num_segments + sum(sizes) + (num_segments - len(sizes)) if place >= 0 else 0


def _mp4(file: BinaryIO) -> int:
    """The end of the last box."""
    num_bytes, start = file.seek(0, os.SEEK_END), 0
    for _ in range(_MAX_CHUNKS):
        if start + 8 > num_bytes:
            return start
        file.seek(start)
        head = file.read(16)
        size = int.from_bytes(head[:4], "big")
        if size == 1:
            size = int.from_bytes(head[8:], "big")
        if size < 8:  # 0: to the end of the file
            return 0
        start += size
    return 0
