"""The recorded corpora of this project: folders in data/, copied from where a person has them, never linked.

DVC writes through links into a person's originals.
"""

import filecmp
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from zoo.corpora import get, names
from zoo.corpora.contract import Corpus, is_synthetic
from zoo.errors import ZooError
from zoo.library import record
from zoo.library.corpus_files import copy, files_in, files_of
from zoo.locks import locked

DATA = Path("data")


@dataclass(frozen=True)
class Entry:
    """What is known of a corpus here.

    here: whether its folder is in data/. recorded: whether data.dvc has it.
    num_utterances: in its folder; None where it is absent. synthetic: whether the folder says so.
    changed: whether it is recorded otherwise than it was added, or has more or fewer files or bytes than recorded.
    problem: why the folder cannot be read, empty where it can.
    """

    corpus: Corpus
    here: bool
    recorded: bool
    num_utterances: int | None
    synthetic: bool
    changed: bool = False
    problem: str = ""


def entries() -> list[Entry]:
    """Every known corpus and whether it is here and recorded, in alphabetical order."""
    recorded = record.paths()
    found = []
    for name in names():
        corpus, folder = get(name), DATA / name
        here, in_record = folder.is_dir(), folder.as_posix() in recorded
        number, changed, synthetic, problem = None, False, False, ""
        try:
            if here:
                files_in(folder)
                changed, synthetic = record.changed(folder), is_synthetic(folder)
                number = sum(1 for _ in corpus.utterances(folder))
        except ZooError as error:
            problem = error.message
        except PermissionError as error:
            problem = f"{error.filename} may not be read"
        found.append(Entry(corpus, here, in_record, number, synthetic, changed, problem))
    return found


def add(name: str, path: Path) -> list[str]:
    """Copy a corpus into data/NAME and record it in data.dvc; what was done, a sentence each.

    Adding the same content again changes nothing. Only the audio of the corpus's utterances and its label files are
    copied, whole or not at all. Raises ZooError when the folder is not the corpus, another version of it is already
    here, a file is missing, the disk is full, or DVC is busy.
    """
    corpus = get(name)
    require_project()
    require_place(name)
    recognition = corpus.recognise(path)
    if (root := recognition.root) is None:
        raise ZooError(f"cannot add {name}: {recognition.reason}", _another(name, path) or corpus.obtain)
    if _made_here(root, name) and not _made_here(path, name):
        raise ZooError(
            f"cannot add {name}: {path} holds this project, and {root} is the project's own",
            "give the folder that holds the recordings",
        )
    files = files_of(corpus, root, list(corpus.utterances(root)))
    if missing := [file for file in files if not (root / file).is_file()]:
        raise ZooError(f"{root / missing[0]} is missing ({len(missing)} such)", "copy or download the corpus again")
    with _alone(name):
        return [f"recognised in {root}: {recognition.reason}", *_take_in(corpus, root, files)]


def _take_in(corpus: Corpus, root: Path, files: list[str]) -> list[str]:
    target, said = DATA / corpus.name, []
    version = record.version(target)
    if target.exists():
        if different := _differences(corpus, root, target, files):
            raise ZooError(
                f"{target} already holds another version: {different[0]} differs ({len(different)} such)",
                f"zoo data remove {corpus.name} first, if you want the other",
            )
        said.append(f"{target} already holds it")
        if version is not None:
            return [*said, f"{record.RECORD} already records it: nothing to do"]
    else:
        copy(root, target, files)
        said.append(f"copied {len(files)} files to {target}")
    if record.put(target) != version and version is not None:
        said.append(f"note: {record.RECORD} recorded another version of it; `git diff {record.RECORD}` shows both")
    return [*said, f"recorded it in {record.RECORD}"]


def _made_here(path: Path, name: str) -> bool:
    """Whether a folder lies among what zoo makes: in derived/, or in data/ as another corpus."""
    top, within = Path.cwd(), path.resolve()
    if not within.is_relative_to(top):
        return False
    parts = within.relative_to(top).parts
    return parts[:1] == ("derived",) or (parts[:1] == (DATA.name,) and parts[1:2] not in ((name,), (f".{name}.fetch",)))


@contextmanager
def _alone(name: str) -> Iterator[None]:
    """Keep other processes from adding or removing the same corpus, and clear up after those that were killed."""
    with locked(record.lock_of(name, "files"), f"another zoo is at work on {DATA / name}; waiting for it"):
        for pattern in (f".{name}.????????.part", f".{name}.removed"):
            for left in DATA.glob(pattern):
                shutil.rmtree(left, ignore_errors=True)
        record.mend()
        yield


@contextmanager
def fetching(name: str) -> Iterator[Path]:
    """Where the download of a corpus lies until it is added; kept from other processes meanwhile."""
    with locked(record.lock_of(name, "fetch"), f"another zoo is fetching {DATA / name}; waiting for it"):
        yield DATA / f".{name}.fetch"


def remove(name: str) -> list[str]:
    """Take a corpus out of data/ and data.dvc; what was done, a sentence each. DVC's cache keeps its copy.

    Raises ZooError when it is neither here nor recorded.
    """
    corpus, target = get(name), DATA / name
    require_project()
    said = []
    with fetching(name) as download, _alone(name):
        if target.as_posix() in record.paths():
            record.drop(target)
            said.append(f"took {target} out of {record.RECORD}")
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
        raise ZooError(f"{corpus.name} is neither in {DATA} nor in {record.RECORD}", "zoo data list shows what is")
    return said


def seal(name: str) -> Path:
    """Where the outcome of the last verification is kept."""
    return DATA / f".{name}.verified"


def _another(name: str, path: Path) -> str:
    """A hint where the folder is absent, another corpus, or this one under other names or in another format."""
    if not path.exists():
        return "check the path"
    if not path.is_dir():
        return ""
    try:
        endings = Counter(Path(file).suffix for file in files_in(path))
    except ZooError as error:
        return f"{error.message}; {error.hint}"
    if other := [ending for ending in endings if ending.lower() == ".wav" != ending]:
        return f"{endings[other[0]]} of its files end in {other[0]}: rename them, so that they end in .wav"
    for known in names():
        if known != name and _is(known, path):
            return f"it is {get(known).title}: zoo data add {known} {path}"
    if not endings[".wav"]:
        for kind in (".flac", ".mp3", ".ogg", ".m4a"):
            if endings[kind]:
                return f"its audio is {kind[1:]}: zoo wants the wav files that were published. {get(name).obtain}"
    return ""


def _is(name: str, path: Path) -> bool:
    try:
        return get(name).recognise(path).root is not None
    except (ZooError, PermissionError):  # names of that corpus and others among them, or what may not be read
        return False


def _differences(corpus: Corpus, root: Path, target: Path, files: list[str]) -> list[str]:
    """Recordings and other files that are in one of the two only, or differ in content; not those that only lie
    elsewhere, as mirrors have it.
    """
    new, here = _identified(corpus, root, files), _identified(corpus, target, files_in(target))
    changed = {key for key in new.keys() & here if not filecmp.cmp(root / new[key], target / here[key], shallow=False)}
    return sorted((new | here)[key] for key in (new.keys() ^ here.keys()) | changed)


def _identified(corpus: Corpus, folder: Path, files: list[str]) -> dict[str, str]:
    """Utterance id, or path of what is no recording -> path."""
    ids = {utterance.path: utterance.utterance_id for utterance in corpus.utterances(folder)}
    return {ids.get(path, path): path for path in files}


def require_project() -> None:
    """Raise ZooError outside a clone with DVC."""
    if not Path(".dvc").is_dir() or not record.RECORD.is_file():
        raise ZooError(
            f"this folder has no {record.RECORD} and .dvc",
            "run this in the project's top folder, a clone with DVC set up",
        )
    record.paths()  # a damaged record is said before anything is copied or downloaded


def require_place(name: str) -> None:
    """Raise ZooError where data/NAME cannot be a folder of the project's own."""
    target = DATA / name
    for path in (DATA, target):
        if path.is_symlink():
            raise ZooError(
                f"{path} is a link, and DVC would write through it into {path.resolve()}",
                f"remove the link, then zoo data add {name} {target.resolve()}",
            )
        if path.exists() and not path.is_dir():
            raise ZooError(f"{path} is a file, and {target} must be a folder", f"move {path} away, then run this again")
