"""The audio files that a listing names."""

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from zoo.errors import ZooError
from zoo.files import is_file, named
from zoo.listings import Row

_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)


def audio_file(row: Row, folder: Path) -> Path:
    """The file that a row's path names: relative to `folder` (its table's), to the working directory, or absolute.

    The first that exists. Umlauts may be composed or not, separators may be those of Windows, and `~` is the home.
    Raises ZooError, naming the row, if there is none; row.cells must have a path.
    """
    path = row.cells["path"]
    for spelled in _spellings(path):
        for candidate in (folder / spelled, Path(spelled)):
            if is_file(candidate):
                return candidate
    if _ADDRESS.match(path):
        raise ZooError(f"{row.where}: {named(path)} is an address, not a file", "download it, and name the file")
    raise ZooError(
        f"{row.where}: {named(path)} is not a file",
        f"paths are relative to {folder.absolute()} or to the working directory, or absolute",
    )


def _spellings(path: str) -> Iterator[str]:
    yield path
    for form in ("NFC", "NFD"):
        if (spelled := unicodedata.normalize(form, path)) != path:
            yield spelled
    if "\\" in path:
        yield path.replace("\\", "/")
    if path.startswith("~/"):
        yield str(Path.home() / path[2:])
