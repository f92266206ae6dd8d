"""Bring a recorded corpus into data/: copied from where a person has it, never linked.

DVC writes through links into a person's originals.
"""

import filecmp
from collections import Counter
from pathlib import Path

from zoo.corpora import get, names
from zoo.corpora.contract import Corpus
from zoo.errors import ZooError
from zoo.library import record
from zoo.library.corpus_files import copy, files_in, files_of
from zoo.library.places import DATA, alone, require_place, require_project


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
    with alone(name):
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
