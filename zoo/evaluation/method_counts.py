"""What methods answered (zoo/tables/adapted.py) as sums by draw and speaker, cell by cell, and pairs of them.

Most pairs are of the same utterances, or of the same speakers in each draw, and their counts are enough. Where a method
is not tested on some utterances of a speaker, those that are enrolled, the answers themselves are counted again.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from zoo.errors import ZooError
from zoo.evaluation.counting import UNKNOWN, known_speakers
from zoo.metrics.contract import Sums
from zoo.study.cross import SOURCE_ONLY
from zoo.tables.adapted import AS_IS

Speakers = NDArray[np.bool_]  # (K,), of a cell
_CELL = ("model", "source", "target")
_FACTS = (*_CELL, "scheme", "source_origin", "target_origin")
ANSWERS = (*_CELL, "method", "draw", "utterance_id", "speaker_id", "label", "predicted")  # of ADAPTED
_OWN = ("method", "rung", "control", "sights", "condition")
_GROUPS = ("sex", "elicitation", "language")


@dataclass(frozen=True)
class Counted:
    """A method in a condition. facts: what its rows of the table share.

    sums: (S, K, C, C), utterances by label and prediction, of S draws and all K speakers of the cell; a speaker who is
    not tested in a draw, such as one of whom utterances were labelled for the method, has zeros in it.
    """

    facts: Mapping[str, Any]
    sums: Sums

    @property
    def name(self) -> str:
        """Of the method."""
        return str(self.facts["method"])

    @property
    def sights(self) -> str:
        """What the method saw of the target."""
        return str(self.facts["sights"])


@dataclass(frozen=True)
class Cell:
    """All methods of a model on a target. facts: what they share. classes: C names, speakers: K. groups: by name, such
    as sex=female, who is in it. answers: on the target as it is, by method; empty where nobody asked for them."""

    facts: Mapping[str, Any]
    classes: tuple[str, ...]
    speakers: tuple[str, ...]
    groups: Mapping[str, Speakers]
    counted: Mapping[tuple[str, str], Counted]  # by method and condition
    answers: Mapping[str, pl.DataFrame] = field(default_factory=dict)

    @property
    def as_is(self) -> list[Counted]:
        """The methods on the target as it is, in alphabetical order."""
        return [found for (_, condition), found in sorted(self.counted.items()) if condition == AS_IS]

    @property
    def of_equal_sights(self) -> dict[str, list[Counted]]:
        """The methods on the target as it is, by what they saw of it: no other ones may be ranked together."""
        found: dict[str, list[Counted]] = {}
        for one in self.as_is:
            found.setdefault(one.sights, []).append(one)
        return found

    @property
    def anonymous(self) -> bool:
        """Whether nobody knows who speaks, so that there is no interval over speakers."""
        return self.speakers == (UNKNOWN,)

    def source_only(self, condition: str) -> Counted | None:
        """Rung 0 on the utterances that are asked about in a condition. It sees nothing of the target, so that where
        few utterances are seen and all are asked about, it is that on the target as it is."""
        found = self.counted.get((SOURCE_ONLY, condition))
        return found or (self.counted.get((SOURCE_ONLY, AS_IS)) if condition.startswith("few=") else None)

    def named(self, who: Speakers) -> list[str]:
        """The names of some speakers."""
        return [name for name, is_one in zip(self.speakers, who, strict=True) if is_one]


def cells(counts: pl.DataFrame, answers: pl.DataFrame | None = None) -> Iterator[Cell]:
    """The cells of a COUNTS frame, in alphabetical order. answers: the columns ANSWERS of an ADAPTED frame."""
    known = counts.with_columns(known_speakers(counts["speaker_id"]))
    told: dict[tuple[Any, ...], pl.DataFrame] = {}
    if answers is not None:
        named = answers.with_columns(known_speakers(answers["speaker_id"]))
        told = named.partition_by(_CELL, as_dict=True)
    for name, part in sorted(known.partition_by(_CELL, as_dict=True).items()):
        own = told[name].partition_by("method", as_dict=True) if name in told else {}
        yield replace(_cell(part), answers={str(method): rows for (method,), rows in own.items()})


def _cell(part: pl.DataFrame) -> Cell:
    speakers = tuple(part["speaker_id"].unique().sort().to_list())
    places = {name: at for at, name in enumerate(speakers)}
    classes = tuple(part["classes"][0])
    size = len(classes)
    counted = {}
    for (method, condition), rows in part.partition_by("method", "condition", as_dict=True).items():
        draws = {draw: at for at, draw in enumerate(rows["draw"].unique().sort())}
        sums = np.zeros((len(draws), len(speakers), size, size), np.int64)
        at = [draws[draw] for draw in rows["draw"]], [places[name] for name in rows["speaker_id"]]
        np.add.at(sums, at, rows["counts"].explode().to_numpy().reshape(-1, size, size))
        facts = rows.select(*_FACTS, *_OWN).row(0, named=True)
        counted[str(method), str(condition)] = Counted(facts, sums)
    return Cell(part.select(_FACTS).row(0, named=True), classes, speakers, _groups(part, speakers), counted)


def _groups(part: pl.DataFrame, speakers: tuple[str, ...]) -> dict[str, Speakers]:
    """Who is in which group; a speaker of several (all unknown ones are one) is in none."""
    found = {}
    for column in _GROUPS:
        facts: dict[str, set[str | None]] = {name: set() for name in speakers}
        for name, value in part.select("speaker_id", column).unique().iter_rows():
            facts[name].add(value)
        one = [values.pop() if len(values) == 1 else None for values in facts.values()]
        for value in sorted({value for value in one if value is not None}):
            found[f"{column}={value}"] = np.array([own == value for own in one])
    return found


def tested(sums: Sums) -> NDArray[np.bool_]:
    """Which speakers are tested in each draw: (S, K, C, C) -> (S, K)."""
    return np.asarray(sums.any(axis=(-1, -2)))


def usable(sums: Sums) -> NDArray[np.bool_]:
    """The draws (S,) to average over: those with two speakers and more, so that there is a figure without each of them;
    if there are none, those with one."""
    number = tested(sums).sum(axis=1)
    most = number >= 2
    return np.asarray(most if most.any() else number >= 1)


def paired(cell: Cell, first: Counted, second: Counted) -> tuple[Sums, Sums]:
    """Two methods' sums (S, K, C, C) on the same utterances: in each draw of those that both are tested on.

    What does not depend on draws, one of them, is compared with every draw of the other. Without draws to average over
    (see `usable`) S is 0.
    Raises ZooError if they answered about different utterances of a speaker and the cell has no answers.
    """
    one, other = _of_shared_speakers(first, second) or _counted_again(cell, first, second)
    some = usable(one)
    return one[some], other[some]


def _of_shared_speakers(first: Counted, second: Counted) -> tuple[Sums, Sums] | None:
    """None if they are tested on different utterances of a speaker."""
    draws = len(first.sums), len(second.sums)
    if draws[0] != draws[1] and 1 not in draws:
        return None
    both = (tested(first.sums) & tested(second.sums))[..., None, None]
    one, other = np.where(both, first.sums, 0), np.where(both, second.sums, 0)
    return (one, other) if np.array_equal(one.sum(axis=-1), other.sum(axis=-1)) else None


def _counted_again(cell: Cell, first: Counted, second: Counted) -> tuple[Sums, Sums]:
    """Of the utterances that both are tested on in a draw, by their answers."""
    conditions = {first.facts["condition"], second.facts["condition"]}
    if conditions != {AS_IS} or not {first.name, second.name} <= cell.answers.keys():
        where = " ".join(first.facts[name] for name in (*_CELL, "condition"))
        raise ZooError(
            f"{first.name} and {second.name} answered about different utterances ({where})",
            "run `dvc repro` to make the answers again",
        )
    one, other = cell.answers[first.name], cell.answers[second.name]
    drawn = [own["draw"].n_unique() > 1 for own in (one, other)]
    on = ["utterance_id", "draw"] if all(drawn) else ["utterance_id"]
    both = one.join(other, on=on, suffix="_second")
    draw = both["draw_second"] if drawn[1] and not drawn[0] else both["draw"]
    numbers = [
        _places(draw, draw.unique().sort().to_list()),
        _places(both["speaker_id"], cell.speakers),
        _places(both["label"], cell.classes),
    ]
    shape = draw.n_unique(), len(cell.speakers), len(cell.classes), len(cell.classes)
    sums = np.zeros((2, *shape), np.int64)
    for own, column in zip(sums, ("predicted", "predicted_second"), strict=True):
        np.add.at(own, (*numbers, _places(both[column], cell.classes)), 1)
    return sums[0], sums[1]


def _places(values: pl.Series, order: Sequence[Any]) -> NDArray[np.int64]:
    """The place of each value in the order."""
    return values.replace_strict(list(order), list(range(len(order))), return_dtype=pl.Int64).to_numpy()
