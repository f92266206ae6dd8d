"""Add a recorded corpus to data/: copied from the user's folder, never linked.

DVC would write through links into the user's originals.
"""

import filecmp
from collections import Counter
from pathlib import Path

from zoo.corpora import get, names
from zoo.corpora.contract import Corpus, is_synthetic
from zoo.errors import ZooError
from zoo.library import record
from zoo.library.corpus_files import copy, files_in, files_of
from zoo.library.places import DATA, exclusive, require_folder, require_project
from zoo.library.published import deviations, headers


def add(name: str, path: Path) -> list[str]:
    """Copy a corpus into data/NAME and record it in data.dvc; returns what was done, one sentence per step.

    Adding the same content again changes nothing. Only the audio of the corpus's utterances and its label files are
    copied, completely or not at all. Raises ZooError when the folder is not the corpus, data/ has another version of
    it, a file is missing, the disk is full, or DVC is busy.
    """
    corpus = get(name)
    require_project()
    require_folder(name)
    recognition = corpus.recognise(path)
    if (root := recognition.root) is None:
        raise ZooError(f"cannot add {name}: {recognition.reason}", _hint(name, path) or corpus.obtain)
    if _is_project_output(root, name) and not _is_project_output(path, name):
        raise ZooError(
            f"cannot add {name}: {path} contains this project, and {root} is the project's own output",
            "give the folder that holds the recordings",
        )
    files = files_of(corpus, root, list(corpus.utterances(root)))
    if missing := [file for file in files if not (root / file).is_file()]:
        raise ZooError(f"{root / missing[0]} is missing ({len(missing)} in all)", "copy or download the corpus again")
    with exclusive(name):
        done = [f"recognised in {root}: {recognition.reason}", *_copy_and_record(corpus, root, files)]
    return [*done, *(f"NOT AS PUBLISHED: {text}" for text in _deviations(corpus, DATA / name))]


def _deviations(corpus: Corpus, folder: Path) -> list[str]:
    """What the headers of the files say about it; `zoo data verify` compares hashes too."""
    return [] if is_synthetic(folder) else deviations(corpus, headers(folder, corpus.utterances(folder)))


def _copy_and_record(corpus: Corpus, root: Path, files: list[str]) -> list[str]:
    target, messages = DATA / corpus.name, []
    version = record.version(target)
    if target.exists():
        if different := _differences(corpus, root, target, files):
            raise ZooError(
                f"{target} already holds another version: {different[0]} differs ({len(different)} in all)",
                f"to replace it, first run zoo data remove {corpus.name}",
            )
        messages.append(f"{target} already holds it")
        if version is not None:
            return [*messages, f"{record.RECORD} already records it: nothing to do"]
    else:
        copy({file: root / file for file in files}, target)
        messages.append(f"copied {len(files)} files to {target}")
    if record.add_folder(target) != version and version is not None:
        messages.append(f"note: {record.RECORD} recorded another version of it; `git diff {record.RECORD}` shows both")
    return [*messages, f"recorded in {record.RECORD}"]


def _is_project_output(path: Path, name: str) -> bool:
    """Whether a folder is output of the project: in derived/, or another corpus in data/."""
    top, inside = Path.cwd(), path.resolve()
    if not inside.is_relative_to(top):
        return False
    parts = inside.relative_to(top).parts
    return parts[:1] == ("derived",) or (parts[:1] == (DATA.name,) and parts[1:2] not in ((name,), (f".{name}.fetch",)))


def _hint(name: str, path: Path) -> str:
    """A hint where the folder is missing, is another corpus, or is this one with other file names or formats."""
    if not path.exists():
        return "check the path"
    if not path.is_dir():
        return ""
    try:
        endings = Counter(Path(file).suffix for file in files_in(path))
    except ZooError as error:
        return f"{error.message}; {error.hint}"
    if other := [ending for ending in endings if ending.lower() == ".wav" != ending]:
        return f"{endings[other[0]]} of its files end in {other[0]}: rename them to end in .wav"
    for known in names():
        if known != name and _is_corpus(known, path):
            return f"it is {get(known).title}: zoo data add {known} {path}"
    if not endings[".wav"]:
        for kind in (".flac", ".mp3", ".ogg", ".m4a"):
            if endings[kind]:
                return f"its audio is {kind[1:]}: zoo needs the published wav files. {get(name).obtain}"
    return ""


def _is_corpus(name: str, path: Path) -> bool:
    try:
        return get(name).recognise(path).root is not None
    except (ZooError, PermissionError):  # files that the corpus's reader rejects, or a folder that cannot be read
        return False


def _differences(corpus: Corpus, root: Path, target: Path, files: list[str]) -> list[str]:
    """Files that are in only one of the two folders or differ in content; the place of a recording does not matter."""
    new, present = _paths_by_identity(corpus, root, files), _paths_by_identity(corpus, target, files_in(target))
    changed = {
        key for key in new.keys() & present if not filecmp.cmp(root / new[key], target / present[key], shallow=False)
    }
    return sorted((new | present)[key] for key in (new.keys() ^ present.keys()) | changed)


def _paths_by_identity(corpus: Corpus, folder: Path, files: list[str]) -> dict[str, str]:
    """Utterance id, or path of another file -> path."""
    ids = {utterance.path: utterance.utterance_id for utterance in corpus.utterances(folder)}
    return {ids.get(path, path): path for path in files}
