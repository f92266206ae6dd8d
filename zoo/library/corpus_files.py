"""The files of a corpus folder: which are there, which belong to the corpus, and a copy of them."""

import os
import shutil
import sys
from pathlib import Path

from zoo.corpora.contract import SYNTHETIC, Corpus, Utterance, visible
from zoo.errors import ZooError
from zoo.files import whole_folder

_FICLONE = 0x40049409  # Linux: make a file share another's blocks until one of them is written to


def files_in(folder: Path) -> list[str]:
    """The files below a folder, relative to it, in order. Raises ZooError for a folder that may not be read.

    Readers look with glob, which takes such a folder for an empty one.
    """

    def refuse(error: OSError) -> None:
        raise ZooError(f"{error.filename} cannot be read: {error.strerror}", "give yourself the right to read it")

    return sorted(
        (Path(parent) / name).relative_to(folder).as_posix()
        for parent, _, names in os.walk(folder, onerror=refuse)
        for name in names
    )


def files_of(corpus: Corpus, root: Path, utterances: list[Utterance]) -> list[str]:
    """The files of a corpus relative to its root: audio, label files, and what says that it is synthetic."""
    audio = {utterance.path for utterance in utterances}
    beside = {
        path.relative_to(root).as_posix()
        for pattern in (*corpus.companions, SYNTHETIC)
        for path in visible(root.glob(pattern))
        if path.is_file()
    }
    return sorted(audio | beside)


def copy(root: Path, target: Path, files: list[str]) -> None:
    """Copy files to a new folder, whole or not at all. Raises ZooError when the disk is full or one may not be read."""
    from rich.console import Console
    from rich.progress import track

    target.parent.mkdir(exist_ok=True)
    needed, free = sum((root / name).stat().st_size for name in files), shutil.disk_usage(target.parent).free
    if needed > free:
        raise ZooError(
            f"no space for {target}: it needs {needed / 1e6:.0f} MB and {free / 1e6:.0f} MB are free", "free some space"
        )
    console = Console(stderr=True)
    with whole_folder(target) as part:
        for name in track(files, "copying", console=console, disable=not console.is_terminal):
            (part / name).parent.mkdir(parents=True, exist_ok=True)
            try:
                _copy_file(root / name, part / name)
            except PermissionError as error:
                raise ZooError(f"{root / name} may not be read", "give yourself the right to read it") from error


def _copy_file(source: Path, target: Path) -> None:
    """A file of its own that shares the blocks of the source where the file system can do that."""
    if sys.platform == "linux":
        import fcntl

        with source.open("rb") as read, target.open("wb") as write:
            try:
                fcntl.ioctl(write.fileno(), _FICLONE, read.fileno())
                return
            except OSError:
                pass  # other file system, or one without this
    shutil.copyfile(source, target)
