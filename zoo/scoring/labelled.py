"""Labelled utterances to score a model on: a corpus, or a table of paths, labels and, if known, speakers."""

from dataclasses import dataclass
from pathlib import Path

from zoo import corpora, listings
from zoo.corpora.contract import is_synthetic
from zoo.errors import WRONG_USAGE, ZooError
from zoo.files import is_file, is_folder, named
from zoo.library.places import DATA
from zoo.listings import Row
from zoo.listings.audio_files import audio_file
from zoo.listings.cells import seconds
from zoo.listings.formats import SUFFIXES
from zoo.listings.people import first_spelling
from zoo.listings.repeats import once
from zoo.project import shown, top
from zoo.tables.manifest import NO_SPEAKER

COLUMNS = ("path", "label", "speaker")
_NAMED = 5  # speakers in a note
_ROUNDING_S = 0.05  # by which the end of a segment that is the whole file may be before its end


@dataclass(frozen=True)
class Labelled:
    """path of the audio, its label, its speaker if known, and the source of the label (file and line, for messages)."""

    path: Path
    label: str
    speaker: str | None
    where: str


@dataclass(frozen=True)
class LabelledData:
    """name: for people. corpus: its name, None for a table. origin: recorded or synthetic; None if unknown.

    notes: on what is odd about the data, though it can be used.
    """

    name: str
    corpus: str | None
    origin: str | None
    rows: list[Labelled]
    notes: tuple[str, ...] = ()


def find(data: str) -> LabelledData:
    """The labelled utterances of DATA: a table, the name of a corpus of the study or in data/, or a corpus's folder.

    Raises ZooError naming the file, row or column that is not valid, and for a file with two labels or speakers.
    """
    path = Path(data)
    if path.suffix.lower() in SUFFIXES or is_file(path):
        return _from_table(path)
    if data in corpora.names():
        return _from_corpus(data, _folder_of(data))
    if is_folder(path):
        for name in corpora.names():
            if corpora.get(name).recognise(path).root is not None:
                return _from_corpus(name, path, named=True)
        raise ZooError(
            f"{data} is not the folder of a known corpus", f"known: {', '.join(corpora.names())}; or give a table"
        )
    raise ZooError(
        f"'{named(data)}' is neither a corpus nor a file",
        f"corpora: {', '.join(corpora.names())}; or a table with the columns {', '.join(COLUMNS)}",
        WRONG_USAGE,
    )


def _folder_of(name: str) -> Path:
    """The folder of a corpus: that of the current study, else the recorded one."""
    from zoo.study import params

    recorded = top() / DATA / name
    try:
        now = params.load(top() / "params.yaml")
    except ZooError:
        return recorded
    folder = top() / now.data / name
    return folder if name in now.corpora and (folder.is_dir() or not recorded.is_dir()) else recorded


def _from_corpus(name: str, folder: Path, named: bool = False) -> LabelledData:
    corpus = corpora.get(name)
    if not folder.is_dir():
        made = folder.parent.name == "synthetic"
        raise ZooError(
            f"{corpus.title} is missing: there is no {shown(folder)}",
            "run `dvc repro` to make it" if made else f"pass its folder, or `zoo data add {name} PATH` in a project",
        )
    recognised = corpus.recognise(folder)
    if recognised.root is None:
        raise ZooError(f"{shown(folder)} is not {corpus.title}: {recognised.reason}", f"run `zoo data add {name} PATH`")
    root = recognised.root
    utterances = list(corpus.utterances(root))
    if any(one.start_s is not None or one.end_s is not None for one in utterances):
        raise ZooError(
            f"{name} has utterances that are parts of their files, and whole files are scored",
            f"name {name} in corpora of a study: there, models are tested on the parts",
            WRONG_USAGE,
        )
    rows = [
        Labelled(
            root / one.path, one.native_label, one.speaker_id if NO_SPEAKER not in one.speaker_id else None, one.path
        )
        for one in utterances
    ]
    title = f"{name} in {shown(root)}" if named else name
    return LabelledData(title, name, "synthetic" if is_synthetic(root) else "recorded", rows)


def unlabelled(path: Path) -> list[Labelled]:
    """The recordings in a table, whose labels are not read. Raises ZooError as `find` does."""
    return _from_table(path, ("path",)).rows


def _from_table(path: Path, needed: tuple[str, ...] = COLUMNS[:2]) -> LabelledData:
    listing = listings.read(path, (*needed, "speaker", "start", "end"))
    listing.require(*needed)
    known = (*needed, *(("speaker",) if "speaker" in listing.columns else ()))
    files: dict[str, Path] = {}  # as the table writes them
    for row in listing.rows:
        written, *_ = (listing.filled(row, role) for role in known)
        if written not in files:
            files[written] = audio_file(row, path.parent)
        _require_whole(row, files[written])
    real = {written: file.resolve() for written, file in files.items()}
    rows, notes = once(listing.rows, [real[row.cells["path"]] for row in listing.rows])
    people = first_spelling(row.cells["speaker"] for row in rows if "speaker" in row.cells)
    labelled = [
        Labelled(
            files[row.cells["path"]], row.cells.get("label", ""), people.get(row.cells.get("speaker", "")), row.where
        )
        for row in rows
    ]
    if several := [f"{name} is {first}" for name, first in people.items() if name != first]:
        more = ", …" if len(several) > _NAMED else ""
        notes.append(f"{named(path)}: speakers that are written in several ways: {', '.join(several[:_NAMED])}{more}")
    return LabelledData(named(path), None, None, labelled, tuple(notes))


def _require_whole(row: Row, file: Path) -> None:
    """Raise ZooError for a row about a part of its file."""
    import soundfile

    given = {role: row.cells[role] for role in ("start", "end") if role in row.cells}
    for role, cell in given.items():
        if seconds(cell) is None:
            hint = "write seconds, or remove the column"
            raise ZooError(f"{row.where}: the {role} '{named(cell)}' is not a time", hint, WRONG_USAGE)
    end = seconds(given["end"]) if "end" in given else None
    try:
        whole = end is None or end >= soundfile.info(str(file)).duration - _ROUNDING_S
    except soundfile.SoundFileError:
        return  # the answer to this file says what is wrong with it
    if not whole or seconds(given.get("start", "0")):
        raise ZooError(
            f"{row.where}: it is about a part of {named(row.cells['path'])}, and whole files are scored",
            "cut the parts into files; if they are cut already, remove the columns of start and end",
            WRONG_USAGE,
        )
