"""Label schemes as plain tables of words: a CSV a scheme, with a reason wherever a label is dropped or merged.

The scheme `native` is every corpus's own words. Classes are always in alphabetical order.
"""

import csv
from functools import cache
from pathlib import Path

from zoo.errors import ZooError, unknown

NATIVE = "native"
_FOLDER = Path(__file__).parent


def schemes() -> list[str]:
    """The known schemes."""
    return [NATIVE, *sorted(path.stem for path in _FOLDER.glob("*.csv"))]


@cache
def _rows(scheme: str) -> list[dict[str, str]]:
    if scheme not in schemes():
        raise unknown("label scheme", scheme, schemes())
    with (_FOLDER / f"{scheme}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def mapping(scheme: str, corpus: str, native_labels: list[str]) -> dict[str, str | None]:
    """The class of each native label in the scheme; None where the scheme leaves it out.

    Raises ZooError naming scheme and word where the table has no row for it.
    """
    if scheme == NATIVE:
        return {word: word for word in native_labels}
    table = {row["native_label"]: row["class"] or None for row in _rows(scheme) if row["corpus"] == corpus}
    for word in native_labels:
        if word not in table:
            raise ZooError(f"scheme {scheme} has no row for '{word}' of {corpus}", f"add it to zoo/labels/{scheme}.csv")
    return {word: table[word] for word in native_labels}


def classes(scheme: str, corpus: str, native_labels: list[str]) -> list[str]:
    """The classes of a corpus in a scheme, in alphabetical order."""
    return sorted({name for name in mapping(scheme, corpus, native_labels).values() if name is not None})


def class_mapping(corpus: str, native_labels: list[str], trained: str, wanted: str) -> dict[str, str | None]:
    """Where each class of the scheme a model was trained in goes in the wanted scheme; None where it is left out.

    Raises ZooError when one trained class holds labels that the wanted scheme tells apart.
    """
    before, after = mapping(trained, corpus, native_labels), mapping(wanted, corpus, native_labels)
    result: dict[str, str | None] = {}
    for word, name in before.items():
        if name is None:
            continue
        if result.setdefault(name, after[word]) != after[word]:
            raise ZooError(
                f"class '{name}' of {trained} cannot be mapped to {wanted} on {corpus}: "
                f"it merges labels that {wanted} tells apart"
            )
    return result
