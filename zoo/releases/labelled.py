"""Labelled utterances to score a model on: a corpus, or a CSV of path, label, speaker."""

import csv
from dataclasses import dataclass
from pathlib import Path

from zoo import corpora, labels
from zoo.corpora.contract import is_synthetic
from zoo.errors import WRONG_USAGE, ZooError
from zoo.releases.card import Card
from zoo.releases.catalogue import shown, top

COLUMNS = ("path", "label", "speaker")


@dataclass(frozen=True)
class Labelled:
    """path of the audio, the word it is labelled with, who speaks, and where the label stands (for messages)."""

    path: Path
    word: str
    speaker: str
    where: str


@dataclass(frozen=True)
class LabelledData:
    """name: for people. corpus: its name, None for a CSV. origin: recorded or synthetic; None where nobody says."""

    name: str
    corpus: str | None
    origin: str | None
    rows: list[Labelled]


@dataclass(frozen=True)
class Wording:
    """How words become classes. scheme: the one scored in. mapped: the model's probabilities must be mapped to it.

    classes: word -> class, None where the scheme leaves the word out.
    """

    scheme: str
    mapped: bool
    classes: dict[str, str | None]


def find(data: str) -> LabelledData:
    """The labelled utterances that DATA names: a CSV, a corpus of the study or in data/, or a corpus's folder.

    Raises ZooError naming the file, row or column that is wrong.
    """
    path = Path(data)
    if path.suffix.lower() in (".csv", ".tsv") or path.is_file():
        return _from_csv(path)
    if data in corpora.names():
        return _from_corpus(data, _folder_of(data))
    if path.is_dir():
        for name in corpora.names():
            if corpora.get(name).recognise(path).root is not None:
                return _from_corpus(name, path, named=True)
        raise ZooError(
            f"{data} is not the folder of a known corpus", f"known: {', '.join(corpora.names())}; or give a CSV"
        )
    raise ZooError(
        f"'{data}' is neither a corpus nor a file",
        f"corpora: {', '.join(corpora.names())}; or a CSV with the columns {', '.join(COLUMNS)}",
        WRONG_USAGE,
    )


def _folder_of(name: str) -> Path:
    """Where the corpus is: the current study's, else the recorded one."""
    from zoo.study import params

    recorded = top() / "data" / name
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
            f"{corpus.title} is not here: {shown(folder)} is absent",
            "make it: dvc repro" if made else f"zoo data add {name} PATH",
        )
    recognised = corpus.recognise(folder)
    if recognised.root is None:
        raise ZooError(f"{shown(folder)} is not {corpus.title}: {recognised.reason}", f"zoo data add {name} PATH")
    root = recognised.root
    rows = [
        Labelled(root / utterance.path, utterance.native_label, utterance.speaker_id, utterance.path)
        for utterance in corpus.utterances(root)
    ]
    title = f"{name} in {shown(root)}" if named else name
    return LabelledData(title, name, "synthetic" if is_synthetic(root) else "recorded", rows)


def _from_csv(path: Path) -> LabelledData:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise ZooError(f"{path} is not here", "check the path") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ZooError(f"{path} cannot be read as a UTF-8 text file", "save the table as CSV in UTF-8") from error
    lines = text.splitlines()
    head = lines[0] if lines else ""
    delimiter = max(",;\t", key=head.count)
    reader = csv.DictReader(lines, delimiter=delimiter)
    present = [name.strip() for name in reader.fieldnames or []]
    reader.fieldnames = present
    for column in COLUMNS:
        if column not in present:
            raise ZooError(
                f"{path} has no column '{column}' (it has {', '.join(present) or 'none'})",
                f"the first line must name the columns {','.join(COLUMNS)}",
                WRONG_USAGE,
            )
    rows = []
    for number, values in enumerate(reader, start=2):
        cells = {column: (values[column] or "").strip() for column in COLUMNS}
        for column, cell in cells.items():
            if not cell:
                raise ZooError(f"{path}, line {number}: the column '{column}' is empty", "fill it in", WRONG_USAGE)
        audio_path = path.parent / cells["path"]
        if not audio_path.is_file():
            raise ZooError(
                f"{path}, line {number}: {cells['path']} is not a file",
                f"paths are relative to {path.parent.absolute()}",
            )
        rows.append(Labelled(audio_path, cells["label"], cells["speaker"], f"{path}, line {number}"))
    if not rows:
        raise ZooError(f"{path} lists no utterance", f"a line each: {','.join(COLUMNS)}")
    return LabelledData(str(path), None, None, rows)


def wording(card: Card, data: LabelledData, cross_scheme: str | None = None) -> Wording:
    """How the data's words become classes that the model can be scored on.

    A corpus's own words go to the model's scheme where it is the model's corpus, to the cross scheme elsewhere.
    Words of a CSV may be the model's classes, those of the cross scheme, or any one corpus's own words, in this order.
    Raises ZooError naming the first word that is none of these.
    """
    cross = cross_scheme or card.labels.cross_scheme
    words = list(dict.fromkeys(row.word for row in data.rows))
    if data.corpus is not None:
        return _own_words(card, data.corpus, words, cross)
    if set(words) <= set(card.labels.classes):
        return Wording(card.labels.scheme, False, {word: word for word in words})
    reached = {name for name in card.labels.cross.values() if name is not None}
    if set(words) <= reached:
        return Wording(cross, True, {word: word for word in words})
    speakers = [name for name in corpora.names() if set(words) <= set(corpora.get(name).native_labels)]
    if card.corpus in speakers:
        return _own_words(card, card.corpus, words, cross)
    found = [_own_words(card, name, words, cross) for name in speakers]
    if not found:
        raise _strange(card, data, reached)
    if any(other != found[0] for other in found):
        raise ZooError(
            f"{data.name}: {' and '.join(speakers)} mean different classes by these words",
            f"label it with the model's classes ({', '.join(card.labels.classes)}) or those of {cross}",
        )
    return found[0]


def _own_words(card: Card, corpus: str, words: list[str], cross: str) -> Wording:
    if corpus == card.corpus:
        return Wording(card.labels.scheme, False, labels.mapping(card.labels.scheme, corpus, words))
    if not any(card.labels.cross.values()):
        raise ZooError(
            f"{card.name} has no classes in {cross}, so {corpus} cannot be scored", "label a CSV with its classes"
        )
    return Wording(cross, True, labels.mapping(cross, corpus, words))


def _strange(card: Card, data: LabelledData, reached: set[str]) -> ZooError:
    known = (
        set(card.labels.classes)
        | reached
        | {word for name in corpora.names() for word in corpora.get(name).native_labels}
    )
    strange = next((row for row in data.rows if row.word not in known), None)
    there = f"; those of {card.labels.cross_scheme}: {', '.join(sorted(reached))}" if reached else ""
    choices = f"the model's classes are {', '.join(card.labels.classes)}{there}"
    if strange is None:
        return ZooError(f"{data.name} mixes words of several corpora", choices)
    return ZooError(f"{strange.where}: unknown label '{strange.word}'", choices, WRONG_USAGE)
