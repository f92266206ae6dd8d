"""Marks: the doubts about a figure, as signs that stand beside it, and what they mean.

A table or picture whose text has a sign is followed by what it means. To state another doubt, add its mark and, where a
column of the scores decides, its line in `OF_ROW`.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from zoo import pages
from zoo.tables.folds import MARK, SPEAKER_DEPENDENT
from zoo.tables.methods import LOSS


@dataclass(frozen=True)
class Mark:
    """A doubt: the sign beside a figure, its name, and what it means, a sentence without its full stop."""

    sign: str
    name: str
    meaning: str

    @property
    def legend(self) -> str:
        """What stands below a table or picture with the sign."""
        return f"{self.sign} {self.name}: {self.meaning}."


POST_EXPLORATION = Mark(
    "†",
    "post-exploration",
    "choices were made with figures of these test speakers in view: optimistic",
)
BEST_OF_TEST = Mark(
    "▲",
    "best of the test figures",
    "the maximum of several noisy ones: optimistic",
)
AS_PUBLISHED = Mark(
    "‡",
    "selected as published",
    "by the figure on these test speakers: no result",
)
OTHER_RECORDINGS = Mark(
    "§",
    MARK,
    "the corpus names no speakers, so those tested may have been trained on; no interval",
)
LOSES = Mark(
    "▼",
    "worse than doing nothing",
    f"loses more than {LOSS:g} UAR against source_only on the same utterances",
)
MARKS = (POST_EXPLORATION, BEST_OF_TEST, AS_PUBLISHED, OTHER_RECORDINGS, LOSES)

# whether a row of the scores or differences has a mark
OF_ROW: tuple[tuple[Mark, Callable[[dict[str, Any]], bool]], ...] = (
    (POST_EXPLORATION, lambda row: bool(row.get("exploration"))),
    (OTHER_RECORDINGS, lambda row: row.get("protocol") in SPEAKER_DEPENDENT),
    (LOSES, lambda row: bool(row.get("loses"))),
)


def signs(row: dict[str, Any]) -> str:
    """The signs of a row, to follow its figure; empty if it has none.

    >>> signs({"exploration": "post-exploration: all of its speakers"})
    ' †'
    """
    found = "".join(mark.sign for mark, applies in OF_ROW if applies(row))
    return f" {found}" if found else ""


def signs_of(rows: Iterable[dict[str, Any]]) -> str:
    """The signs of any of these rows, to follow the title of a picture that shows them all."""
    every = [signs(row) for row in rows]
    found = "".join(mark.sign for mark in MARKS if any(mark.sign in one for one in every))
    return f" {found}" if found else ""


def legends(texts: Iterable[str]) -> list[str]:
    """What the signs in texts mean, in the order of MARKS."""
    joined = "".join(texts)
    return [mark.legend for mark in MARKS if mark.sign in joined]


def table(
    columns: Sequence[str | Markup],
    rows: Sequence[Sequence[object]],
    caption: str = "",
    emphasise: Collection[int] = (),
    notes: Sequence[str] = (),
) -> Markup:
    """A table of a page; below it stand the notes, and what the signs in its cells mean."""
    texts = [caption, *(str(cell) for row in (columns, *rows) for cell in row)]
    return pages.table(columns, rows, caption, emphasise, notes=[*notes, *legends(texts)])


def figure(svg: str, caption: str, alt: str = "") -> Markup:
    """A figure of a page; below its caption stands what the signs in both mean."""
    return pages.figure(svg, caption, legends([svg, caption]), alt)
