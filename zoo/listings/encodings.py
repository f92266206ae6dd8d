"""The text of a file in the encodings that tables come in."""

import codecs
import re
from pathlib import Path

from zoo.errors import WRONG_USAGE, ZooError
from zoo.files import named

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")


def text_of(path: Path) -> str:
    """The text of a file in UTF-8 or UTF-16 with or without a byte-order mark, otherwise in Windows-1252 (or Latin-1).

    Raises ZooError for a file that is none of them or holds control characters, as files of audio or images do.
    """
    data = path.read_bytes()
    for encoding in _candidates(data):
        try:
            text = data.decode(encoding).removeprefix("\ufeff")
        except UnicodeDecodeError:
            continue
        if not _CONTROL.search(text):
            return text
    raise ZooError(
        f"{named(path)} is not text in UTF-8, UTF-16 or Windows-1252", "save the table as CSV in UTF-8", WRONG_USAGE
    )


def _candidates(data: bytes) -> list[str]:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ["utf-16"]
    zeros = (data[1:4096:2].count(0), data[0:4096:2].count(0))
    if max(zeros) > len(data[:4096]) // 8:  # every other byte of Latin letters in UTF-16 is zero
        return ["utf-16-le" if zeros[0] > zeros[1] else "utf-16-be"]
    return ["utf-8-sig", "cp1252"]
