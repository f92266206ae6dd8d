"""The files of a corpus folder: list them, select those of the corpus, copy them."""

import os
import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from zoo.corpora.contract import SYNTHETIC, Corpus, Utterance, visible
from zoo.errors import ZooError
from zoo.files import whole_folder

_FICLONE = 0x40049409  # Linux: clone a file by sharing its blocks, copy on write


def files_in(folder: Path) -> list[str]:
    """The files below a folder, relative to it, sorted. Raises ZooError for a folder without read permission.

    Readers use glob, which treats such a folder as empty.
    """

    def reject(error: OSError) -> None:
        raise ZooError(
            f"{error.filename} cannot be read: {error.strerror}", "change its permissions so that you can read it"
        )

    return sorted(
        (Path(parent) / name).relative_to(folder).as_posix()
        for parent, _, names in os.walk(folder, onerror=reject)
        for name in names
    )


def files_of(corpus: Corpus, root: Path, utterances: list[Utterance]) -> list[str]:
    """The files of a corpus relative to its root: audio, label files, and the marker of synthetic corpora."""
    audio = {utterance.path for utterance in utterances}
    others = {
        path.relative_to(root).as_posix()
        for pattern in (*corpus.companions, SYNTHETIC)
        for path in visible(root.glob(pattern))
        if path.is_file()
    }
    return sorted(audio | others)


def copy(files: Mapping[str, Path], target: Path, also: Callable[[Path], None] = lambda folder: None) -> None:
    """Copy files to a new folder, all or none. Raises ZooError when the disk is full or a file cannot be read.

    files: place in the new folder -> file. also: writes what else belongs into it.
    """
    from rich.console import Console
    from rich.progress import track

    target.parent.mkdir(exist_ok=True)
    needed, free = sum(file.stat().st_size for file in files.values()), shutil.disk_usage(target.parent).free
    if needed > free:
        raise ZooError(
            f"no space for {target}: {needed / 1e6:.0f} MB needed, {free / 1e6:.0f} MB free", "free some space"
        )
    console = Console(stderr=True)
    with whole_folder(target) as part:
        for name, file in track(files.items(), "copying", console=console, disable=not console.is_terminal):
            (part / name).parent.mkdir(parents=True, exist_ok=True)
            try:
                _copy_file(file, part / name)
            except PermissionError as error:
                raise ZooError(
                    f"{file} cannot be read: no permission", "change its permissions so that you can read it"
                ) from error
        also(part)


def _copy_file(source: Path, target: Path) -> None:
    """Copy a file, sharing its blocks where the file system supports that."""
    if sys.platform == "linux":
        import fcntl

        with source.open("rb") as read, target.open("wb") as write:
            try:
                fcntl.ioctl(write.fileno(), _FICLONE, read.fileno())
                return
            except OSError:
                pass  # not supported here: copy the bytes
    shutil.copyfile(source, target)
