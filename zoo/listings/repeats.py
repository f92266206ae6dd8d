"""Rows of a listing that are about one recording: the same again, or something else."""

from collections.abc import Collection, Hashable, Sequence

from zoo.errors import WRONG_USAGE, ZooError
from zoo.files import named
from zoo.listings import Row

_PLACES = 6  # places named in a note


def once(
    rows: Sequence[Row], recordings: Sequence[Hashable], facts: Collection[str] = ("label", "speaker")
) -> tuple[list[Row], list[str]]:
    """The first row of every recording, and a sentence for each that is listed several times.

    recordings: which one each row is about. facts: roles that must be the same in all its rows, apart from case.
    Raises ZooError naming both rows if one recording has two labels, say.
    """
    found: dict[Hashable, list[Row]] = {}
    for row, recording in zip(rows, recordings, strict=True):
        found.setdefault(recording, []).append(row)
    for first, *others in found.values():
        for other in others:
            for fact in facts:
                _require_same(first, other, fact)
    notes = [
        f"{same[0].file}: {named(_name(same[0]))} is listed {len(same)} times ({places(same)}), and counted once"
        for same in found.values()
        if len(same) > 1
    ]
    return [same[0] for same in found.values()], notes


def places(rows: Sequence[Row]) -> str:
    """Where rows are: `line 2, line 5, …`."""
    return ", ".join(row.place for row in rows[:_PLACES]) + (", …" if len(rows) > _PLACES else "")


def _require_same(first: Row, other: Row, fact: str) -> None:
    one, two = first.cells.get(fact, ""), other.cells.get(fact, "")
    if one.casefold() != two.casefold():
        raise ZooError(
            f"{first.file}: {named(_name(first))} has two {fact}s: '{named(one)}' ({first.place}) and '{named(two)}' "
            f"({other.place})",
            "keep the one that is right",
            WRONG_USAGE,
        )


def _name(row: Row) -> str:
    return row.cells.get("path") or row.cells.get("key", "")
