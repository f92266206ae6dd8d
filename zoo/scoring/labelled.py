"""Labelled utterances to score a model on: a corpus, or a CSV of path, label, speaker."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from zoo import corpora, labels
from zoo.corpora.contract import is_synthetic
from zoo.errors import WRONG_USAGE, ZooError
from zoo.files import is_file, is_folder, named
from zoo.project import shown, top
from zoo.releases.card import Card

COLUMNS = ("path", "label", "speaker")


@dataclass(frozen=True)
class Labelled:
    """path of the audio, its label, its speaker, and the source of the label (file and line, for messages)."""

    path: Path
    label: str
    speaker: str
    where: str


@dataclass(frozen=True)
class LabelledData:
    """name: for people. corpus: its name, None for a CSV. origin: recorded or synthetic; None if unknown."""

    name: str
    corpus: str | None
    origin: str | None
    rows: list[Labelled]


@dataclass(frozen=True)
class LabelMapping:
    """The mapping of labels to classes. scheme: of the classes. mapped: the model's probabilities must be mapped to it.

    classes: label -> class, None if the scheme leaves the label out.
    """

    scheme: str
    mapped: bool
    classes: dict[str, str | None]


def find(data: str) -> LabelledData:
    """The labelled utterances of DATA: a CSV, the name of a corpus of the study or in data/, or the folder of a corpus.

    Raises ZooError naming the file, row or column that is not valid.
    """
    path = Path(data)
    if path.suffix.lower() in (".csv", ".tsv") or is_file(path):
        return _from_csv(path)
    if data in corpora.names():
        return _from_corpus(data, _folder_of(data))
    if is_folder(path):
        for name in corpora.names():
            if corpora.get(name).recognise(path).root is not None:
                return _from_corpus(name, path, named=True)
        raise ZooError(
            f"{data} is not the folder of a known corpus", f"known: {', '.join(corpora.names())}; or give a CSV"
        )
    raise ZooError(
        f"'{named(data)}' is neither a corpus nor a file",
        f"corpora: {', '.join(corpora.names())}; or a CSV with the columns {', '.join(COLUMNS)}",
        WRONG_USAGE,
    )


def _folder_of(name: str) -> Path:
    """The folder of a corpus: that of the current study, else the recorded one."""
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
            f"{corpus.title} is missing: there is no {shown(folder)}",
            "run `dvc repro` to make it" if made else f"run `zoo data add {name} PATH`",
        )
    recognised = corpus.recognise(folder)
    if recognised.root is None:
        raise ZooError(f"{shown(folder)} is not {corpus.title}: {recognised.reason}", f"run `zoo data add {name} PATH`")
    root = recognised.root
    rows = [
        Labelled(root / utterance.path, utterance.native_label, utterance.speaker_id, utterance.path)
        for utterance in corpus.utterances(root)
    ]
    title = f"{name} in {shown(root)}" if named else name
    return LabelledData(title, name, "synthetic" if is_synthetic(root) else "recorded", rows)


def _records(path: Path, reader: "csv.DictReader[str]") -> Iterator[dict[str, str]]:
    """The rows of a reader. Raises ZooError for what it does not read, such as a cell of 200,000 characters."""
    try:
        yield from reader
    except csv.Error as error:
        raise ZooError(f"{path}, line {reader.line_num}: {error}", "is it a CSV file?", WRONG_USAGE) from error


def _from_csv(path: Path) -> LabelledData:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise ZooError(f"{path} is missing", "check the path") from error
    except (OSError, ValueError) as error:  # such as a folder, bytes that are no UTF-8, a path with a zero byte
        hint = "save the table as CSV in UTF-8"
        raise ZooError(f"{named(path)} cannot be read as a UTF-8 text file", hint) from error
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
    for number, values in enumerate(_records(path, reader), start=2):
        cells = {column: (values[column] or "").strip() for column in COLUMNS}
        for column, cell in cells.items():
            if not cell:
                raise ZooError(f"{path}, line {number}: the column '{column}' is empty", "fill it in", WRONG_USAGE)
        audio_path = path.parent / cells["path"]
        if not is_file(audio_path):
            raise ZooError(
                f"{path}, line {number}: {named(cells['path'])} is not a file",
                f"paths are relative to {path.parent.absolute()}",
            )
        rows.append(Labelled(audio_path, cells["label"], cells["speaker"], f"{path}, line {number}"))
    if not rows:
        raise ZooError(f"{path} lists no utterance", f"one line for each: {','.join(COLUMNS)}")
    return LabelledData(str(path), None, None, rows)


def label_mapping(card: Card, data: LabelledData, cross_scheme: str | None = None) -> LabelMapping:
    """The mapping of the data's labels to classes that the model can be scored on.

    Native labels of the model's own corpus map to the model's scheme, those of other corpora to the cross scheme.
    Labels of a CSV may be the model's classes, those of the cross scheme, or one corpus's native labels, in this order.
    Raises ZooError naming the first label that is none of these.
    """
    cross = cross_scheme or card.labels.cross_scheme
    found = list(dict.fromkeys(row.label for row in data.rows))
    if data.corpus is not None:
        return _native_mapping(card, data.corpus, found, cross)
    if set(found) <= set(card.classes):
        return LabelMapping(card.release.scheme, False, {label: label for label in found})
    reached = {name for name in card.labels.cross.values() if name is not None}
    if set(found) <= reached:
        return LabelMapping(cross, True, {label: label for label in found})
    origins = [name for name in corpora.names() if set(found) <= set(corpora.get(name).native_labels)]
    if card.release.corpus in origins:
        return _native_mapping(card, card.release.corpus, found, cross)
    mappings = [_native_mapping(card, name, found, cross) for name in origins]
    if not mappings:
        raise _unknown_label(card, data, reached)
    if any(other != mappings[0] for other in mappings):
        raise ZooError(
            f"{data.name}: these labels have different classes in {' and '.join(origins)}",
            f"use the model's classes ({', '.join(card.classes)}) or those of {cross}",
        )
    return mappings[0]


def _native_mapping(card: Card, corpus: str, native: list[str], cross: str) -> LabelMapping:
    if corpus == card.release.corpus:
        return LabelMapping(card.release.scheme, False, labels.mapping(card.release.scheme, corpus, native))
    if not any(card.labels.cross.values()):
        raise ZooError(
            f"{card.name} has no classes in {cross}, so {corpus} cannot be scored",
            "use a CSV with the model's classes as labels",
        )
    return LabelMapping(cross, True, labels.mapping(cross, corpus, native))


def _unknown_label(card: Card, data: LabelledData, reached: set[str]) -> ZooError:
    known = (
        set(card.classes) | reached | {label for name in corpora.names() for label in corpora.get(name).native_labels}
    )
    unknown = next((row for row in data.rows if row.label not in known), None)
    cross = f"; those of {card.labels.cross_scheme}: {', '.join(sorted(reached))}" if reached else ""
    choices = f"the model's classes are {', '.join(card.classes)}{cross}"
    if unknown is None:
        return ZooError(f"{data.name} mixes labels of several corpora", choices)
    return ZooError(f"{unknown.where}: unknown label '{unknown.label}'", choices, WRONG_USAGE)
