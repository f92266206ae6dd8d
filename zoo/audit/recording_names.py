"""Which recording a path or key in a file means, however it is written, and of which it is an augmented copy."""

import re
from pathlib import PurePosixPath

from zoo.listings.suffixes import NAMED

FORMATS = NAMED | {".npy", ".npz", ".pt"}  # features too
_WORDS = "aug(?:mented|mentation)?|noisy|noise|speed|tempo|pitch|stretch|shift|reverb|gain|perturb(?:ed)?|copy"
_AUGMENTED = re.compile(rf"[\W_]+(?:{_WORDS}|sp(?=[01]))(?:[\W_]*\d+)*\)?$")


def plain(written: str) -> str:
    """A path without what does not change the recording that it means: its format, capitals, `./` and backslashes.

    >>> plain("./wavs/A1.WAV"), plain("wavs\\\\a1.flac")
    ('wavs/a1', 'wavs/a1')
    """
    path = PurePosixPath(written.replace("\\", "/"))
    return (path.with_suffix("") if path.suffix.lower() in FORMATS and path.name else path).as_posix().casefold()


def original(name: str) -> str:
    """The plain name of a recording without endings by which augmented copies of it are named.

    >>> original("wavs/a1_noise_speed0.9"), original("wavs/a1")
    ('wavs/a1', 'wavs/a1')
    """
    while (shorter := _AUGMENTED.sub("", name)) not in (name, "") and not shorter.endswith("/"):
        name = shorter
    return name
