"""Label schemes as CSV tables, one per scheme, with a reason wherever a label is dropped or merged.

The scheme `native` keeps the labels of every corpus. Classes are always in alphabetical order.

Where practice differs, a table has a second row for a label, named in its column `choice`. `core4+calm_as_neutral` is
the scheme core4 with that row instead of the default one. A scheme is always given by its full name, so that folds,
predictions and cards state which choices were made.
"""

import csv
from collections.abc import Collection, Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

from zoo import corpus_file
from zoo.errors import WRONG_USAGE, ZooError, unknown
from zoo.labels.emotions import EMOTIONS

NATIVE = "native"
NO_AGREEMENT = "no_agreement"  # the native label of an utterance whose vote is tied
_FOLDER = Path(__file__).parent


class Row(NamedTuple):
    """A label in a scheme: its class (None: left out), the reason, and the name of the choice (empty: the default)."""

    native_label: str
    choice: str
    class_name: str | None
    reason: str


def schemes() -> list[str]:
    """The known schemes."""
    return [NATIVE, *sorted(path.stem for path in _FOLDER.glob("*.csv"))]


def alternatives(scheme: str) -> list[tuple[str, Row]]:
    """The alternative rows of a scheme's table, each with its corpus. Raises ZooError for an unknown scheme."""
    name = scheme.partition("+")[0]
    if name == NATIVE:
        return []
    return [(corpus, row) for corpus, rows in _tables(name).items() for row in rows if row.choice]


def _parts(scheme: str) -> tuple[str, list[str]]:
    """The name of the scheme's table, and the choices in it. Raises ZooError when one of them is unknown."""
    name, *choices = scheme.split("+")
    if name not in schemes():
        raise unknown("label scheme", name, schemes())
    if choices and name == NATIVE:
        raise ZooError(f"the scheme {NATIVE} leaves every label as it is: it offers no choice", "", WRONG_USAGE)
    known = sorted({row.choice for _, row in alternatives(name)})
    for choice in choices:
        if choice not in known:
            raise unknown(f"choice of the label scheme {name}", choice, known)
    if choices != (once := sorted(set(choices))):  # one name for one scheme
        raise ZooError(
            f"{scheme} repeats a choice or does not list its choices in alphabetical order",
            f"write {'+'.join([name, *once])}",
            WRONG_USAGE,
        )
    return name, choices


@cache
def _tables(scheme: str) -> dict[str, list[Row]]:
    """The rows of each corpus."""
    if scheme not in schemes():
        raise unknown("label scheme", scheme, schemes())
    tables: dict[str, list[Row]] = {}
    with (_FOLDER / f"{scheme}.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            rows = tables.setdefault(row["corpus"], [])
            rows.append(Row(row["native_label"], row["choice"], row["class"] or None, row["reason"]))
    return tables


def _rows(scheme: str, corpus: str) -> list[Row]:
    """The rows of a corpus: its own, or for a corpus of the project those of the emotions that its labels mean.

    Raises ZooError for an unknown emotion.
    """
    tables = _tables(scheme)
    if corpus in tables or not corpus_file.has(corpus):
        return tables.get(corpus, [])
    rows = [Row(NO_AGREEMENT, "", None, "the vote is tied")]
    for label, emotion in corpus_file.read(corpus).emotions.items():
        if emotion is None:
            rows.append(Row(label, "", None, "the corpus states no emotion for it"))
            continue
        if emotion not in EMOTIONS:
            known = unknown("emotion", emotion, EMOTIONS)
            raise ZooError(f"{corpus_file.path_of(corpus)}: emotions.{label}: {known.message}", known.hint, WRONG_USAGE)
        model, word = EMOTIONS[emotion]
        rows += [row._replace(native_label=label) for row in tables[model] if row.native_label == word]
    return rows


def table(scheme: str, corpus: str, native_labels: Iterable[str]) -> dict[str, Row]:
    """The scheme's row for each native label.

    Raises ZooError naming scheme and label where there is no row, for an unknown scheme or choice, and for two choices
    on one label.
    """
    name, choices = _parts(scheme)
    if name == NATIVE:
        return {word: _native(word) for word in native_labels}
    rows = _rows(name, corpus)
    usual = {row.native_label: row for row in rows if not row.choice}
    other: dict[str, Row] = {}
    for row in rows:
        if row.choice and row.choice in choices and (first := other.setdefault(row.native_label, row)) is not row:
            raise ZooError(
                f"{first.choice} and {row.choice} both define '{row.native_label}' of {corpus} in {name}",
                "choose one of them",
                WRONG_USAGE,
            )
    if missing := [f"'{word}'" for word in native_labels if word not in usual]:
        own = corpus_file.has(corpus)
        where = f"emotions in {corpus_file.path_of(corpus)}" if own else f"zoo/labels/{name}.csv"
        raise ZooError(f"scheme {name} has no row for {', '.join(missing)} of {corpus}", f"add it to {where}")
    return {word: other.get(word, usual[word]) for word in native_labels}


def _native(word: str) -> Row:
    return Row(word, "", None, "the vote is tied") if word == NO_AGREEMENT else Row(word, "", word, "")


def mapping(scheme: str, corpus: str, native_labels: Iterable[str]) -> dict[str, str | None]:
    """The class of each native label in the scheme; None where it is left out. Raises ZooError as `table` does."""
    return {word: row.class_name for word, row in table(scheme, corpus, native_labels).items()}


def classes(scheme: str, corpus: str, native_labels: Iterable[str]) -> list[str]:
    """The classes of a corpus in a scheme, in alphabetical order."""
    return sorted({name for name in mapping(scheme, corpus, native_labels).values() if name is not None})


def class_mapping(corpus: str, native_labels: Collection[str], trained: str, wanted: str) -> dict[str, str | None]:
    """The class in the wanted scheme of each class of the scheme used in training; None where it is left out.

    Raises ZooError when a trained class merges labels that the wanted scheme distinguishes.
    """
    before = mapping(trained, corpus, native_labels)
    after = mapping(wanted, corpus, native_labels)
    result: dict[str, str | None] = {}
    for word, name in before.items():
        if name is None:
            continue
        if result.setdefault(name, after[word]) != after[word]:
            raise ZooError(
                f"class '{name}' of {trained} cannot be mapped to {wanted} on {corpus}: "
                f"it merges labels that {wanted} distinguishes"
            )
    return result
