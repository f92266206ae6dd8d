"""The recorded corpora of this project: folders in data/, copied from where a person has them, never linked.

DVC writes through links into a person's originals.
"""

import filecmp
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from zoo.corpora import _record, get, names
from zoo.corpora._corpus import SYNTHETIC, Corpus, Utterance, is_synthetic, visible
from zoo.corpora._lock import locked
from zoo.errors import ZooError
from zoo.files import whole_folder

DATA = Path("data")
_FICLONE = 0x40049409  # Linux: make a file share another's blocks until one of them is written to


@dataclass(frozen=True)
class Entry:
    """What is known of a corpus here.

    here: whether its folder is in data/. recorded: whether data.dvc has it.
    num_utterances: in its folder; None where it is absent. synthetic: whether the folder says so.
    problem: why the folder cannot be read, empty where it can.
    """

    corpus: Corpus
    here: bool
    recorded: bool
    num_utterances: int | None
    synthetic: bool
    problem: str = ""


def entries() -> list[Entry]:
    """Every known corpus and whether it is here and recorded, in alphabetical order."""
    recorded = _record.paths()
    found = []
    for name in names():
        corpus, folder = get(name), DATA / name
        here = folder.is_dir()
        number, problem = None, ""
        try:
            number = sum(1 for _ in corpus.utterances(folder)) if here else None
        except ZooError as error:
            problem = error.message
        found.append(Entry(corpus, here, folder.as_posix() in recorded, number, here and is_synthetic(folder), problem))
    return found


def add(name: str, path: Path) -> list[str]:
    """Copy a corpus into data/NAME and record it in data.dvc; what was done, a sentence each.

    Adding the same content again changes nothing. Only the audio of the corpus's utterances and its label files are
    copied, whole or not at all. Raises ZooError when the folder is not the corpus, another version of it is already
    here, a file is missing, the disk is full, or DVC is busy.
    """
    corpus, target = get(name), DATA / name
    require_project()
    _require_no_link(target)
    recognition = corpus.recognise(path)
    if recognition.root is None:
        raise ZooError(f"cannot add {name}: {recognition.reason}", _another(name, path) or corpus.obtain)
    root, files = recognition.root, files_of(corpus, recognition.root, list(corpus.utterances(recognition.root)))
    if missing := [file for file in files if not (root / file).is_file()]:
        raise ZooError(f"{root / missing[0]} is missing ({len(missing)} such)", "copy or download the corpus again")
    with _alone(name):
        return [f"recognised {recognition.reason}, in {root}", *_take_in(name, root, files)]


def _take_in(name: str, root: Path, files: list[str]) -> list[str]:
    target, said = DATA / name, []
    version = _record.version(target)
    if target.exists():
        if different := _differences(root, target, files):
            raise ZooError(
                f"{target} already holds another version: {different[0]} differs ({len(different)} such)",
                f"zoo data remove {name} first, if you want the other",
            )
        said.append(f"{target} already holds it")
        if version is not None:
            return [*said, f"{_record.RECORD} already records it: nothing to do"]
    else:
        _copy(root, target, files)
        said.append(f"copied {len(files)} files to {target}")
    if _record.put(target) != version and version is not None:
        said.append(f"note: {_record.RECORD} recorded another version of it; `git diff {_record.RECORD}` shows both")
    return [*said, f"recorded it in {_record.RECORD}"]


@contextmanager
def _alone(name: str) -> Iterator[None]:
    """Keep other processes from adding or removing the same corpus, and clear up after those that were killed."""
    with locked(DATA / f".{name}.lock", f"another zoo is at work on {DATA / name}; waiting for it"):
        for pattern in (f".{name}.????????.part", f".{name}.removed"):
            for left in DATA.glob(pattern):
                shutil.rmtree(left, ignore_errors=True)
        yield


@contextmanager
def fetching(name: str) -> Iterator[Path]:
    """Where the download of a corpus lies until it is added; kept from other processes meanwhile."""
    with locked(DATA / f".{name}.fetch.lock", f"another zoo is fetching {DATA / name}; waiting for it"):
        yield DATA / f".{name}.fetch"


def remove(name: str) -> list[str]:
    """Take a corpus out of data/ and data.dvc; what was done, a sentence each. DVC's cache keeps its copy.

    Raises ZooError when it is neither here nor recorded.
    """
    corpus, target = get(name), DATA / name
    require_project()
    said = []
    with fetching(name) as download, _alone(name):
        if target.as_posix() in _record.paths():
            _record.drop(target)
            said.append(f"took {target} out of {_record.RECORD}")
        if target.is_symlink():
            target.unlink()
            said.append(f"removed the link {target}")
        elif target.is_dir():
            # first out of the way in one step, so that an interruption leaves no half corpus in its place
            condemned = target.with_name(f".{name}.removed")
            target.replace(condemned)
            shutil.rmtree(condemned)
            said.append(f"removed {target}")
        if download.is_dir():
            shutil.rmtree(download)
            said.append(f"removed the unfinished download {download}")
        seal(name).unlink(missing_ok=True)
    if not said:
        raise ZooError(f"{corpus.name} is neither in {DATA} nor in {_record.RECORD}", "zoo data list shows what is")
    return said


def seal(name: str) -> Path:
    """Where the outcome of the last verification is kept."""
    return DATA / f".{name}.verified"


def _another(name: str, path: Path) -> str:
    """A hint where the folder is another corpus, or this one in another format."""
    for other in names():
        if other != name and get(other).recognise(path).root is not None:
            return f"it is {get(other).title}: zoo data add {other} {path}"
    kinds = ("flac", "mp3", "ogg", "m4a")
    if path.is_dir() and not any(path.rglob("*.wav")):
        for kind in kinds:
            if any(path.rglob(f"*.{kind}")):
                return f"its audio is {kind}: zoo wants the wav files that were published. {get(name).obtain}"
    return ""


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


def _differences(root: Path, target: Path, files: list[str]) -> list[str]:
    """Files that are in one of the two only, or differ in content."""
    present = {path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()}
    changed = {name for name in present & set(files) if not filecmp.cmp(root / name, target / name, shallow=False)}
    return sorted((present ^ set(files)) | changed)


def _copy(root: Path, target: Path, files: list[str]) -> None:
    from rich.console import Console
    from rich.progress import track

    DATA.mkdir(exist_ok=True)
    needed, free = sum((root / name).stat().st_size for name in files), shutil.disk_usage(DATA).free
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


def require_project() -> None:
    if not Path(".dvc").is_dir() or not _record.RECORD.is_file():
        raise ZooError(
            f"this folder has no {_record.RECORD} and .dvc",
            "run this in the project's top folder, a clone with DVC set up",
        )
    _record.paths()  # a damaged record is said before anything is copied or downloaded


def _require_no_link(target: Path) -> None:
    for path in (DATA, target):
        if path.is_symlink():
            raise ZooError(
                f"{path} is a link, and DVC would write through it into {path.resolve()}",
                f"remove the link, then zoo data add {target.name} {target.resolve()}",
            )
