"""What `zoo predict` is pointed at: files, folders of files, or sound on standard input."""

import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from zoo.errors import WRONG_USAGE, ZooError
from zoo.files import is_folder, named
from zoo.listings.suffixes import READ
from zoo.releases.predict import STDIN, Source


def recordings(names: Sequence[str]) -> tuple[list[Source], list[str]]:
    """The recordings that are named, those of folders sorted by path, and notes on what was left out.

    Raises ZooError for a folder without any, one that may not be read, and for standard input that is named twice.
    """
    found: list[Source] = []
    notes: list[str] = []
    if names.count(STDIN) > 1:
        raise ZooError("standard input is named twice", "name - once", WRONG_USAGE)
    for name in names:
        path = Path(name)
        if name == STDIN:
            found.append(io.BytesIO(sys.stdin.buffer.read()))
        elif name and is_folder(path):
            inside, num_others = _inside(path)
            if not inside:
                raise ZooError(f"{named(path)} holds no audio file", "name another folder, or the files themselves")
            if num_others:
                left_out = "1 other file" if num_others == 1 else f"{num_others} other files"
                notes.append(f"{named(path)}: {len(inside)} audio files; {left_out} left out")
            found += inside
        else:
            found.append(path)
    return found, notes


def _inside(folder: Path) -> tuple[list[Path], int]:
    """The audio files in a folder and in those below it, by their suffixes, and how many other files there are.

    Links to folders are not followed, so that none is visited twice.
    """
    found: list[Path] = []
    num_others = 0
    for where, folders, files in os.walk(folder, onerror=_refuse):
        folders.sort()
        for name in files:
            # macOS writes ._a.wav beside a.wav on other file systems
            if Path(name).suffix.lower() in READ and not name.startswith("._"):
                found.append(Path(where, name))
            else:
                num_others += 1
    return sorted(found), num_others


def _refuse(error: OSError) -> None:
    raise ZooError(f"{named(error.filename)} cannot be read: {error.strerror}", "check the folder's permissions")
