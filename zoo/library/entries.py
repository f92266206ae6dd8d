"""The known corpora, and whether each is in data/ and recorded."""

from dataclasses import dataclass

from zoo.corpora import get, names
from zoo.corpora.contract import Corpus, is_synthetic
from zoo.errors import ZooError
from zoo.library import record
from zoo.library.corpus_files import files_in
from zoo.library.places import DATA


@dataclass(frozen=True)
class Entry:
    """The state of a corpus in this project.

    here: whether its folder is in data/. recorded: whether data.dvc lists it.
    num_utterances: in its folder; None if there is none. synthetic: whether the folder is marked as synthetic.
    changed: whether the recorded content is not what was added, or the folder's number of files or bytes differs.
    problem: why the folder cannot be read; empty if it can.
    """

    corpus: Corpus
    here: bool
    recorded: bool
    num_utterances: int | None
    synthetic: bool
    changed: bool = False
    problem: str = ""


def entries() -> list[Entry]:
    """The state of every known corpus, in alphabetical order."""
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
            problem = f"{error.filename} cannot be read: no permission"
        found.append(Entry(corpus, here, in_record, number, synthetic, changed, problem))
    return found
