"""What parts of a data set share: the splits of a fold, or a model's training data and its test data."""

from dataclasses import dataclass
from typing import Any

import polars as pl

SPLITS = ("train", "dev", "test")
# kind -> the column that identifies it
KINDS = {
    "recordings": "recording",
    "speakers": "speaker_id",
    "takes": "take_group",
    "identical audio": "audio",
    "performances": "performance",
    "sentences": "text_id",
    "sessions": "session",
}


@dataclass(frozen=True)
class Shared:
    """A value (a speaker, take, …) that is in several parts.

    names: part -> the sorted names of its rows there, one per row. fold: None where there are no folds.
    """

    value: str
    names: dict[str, list[str]]
    fold: Any = None


def shared(rows: pl.DataFrame, kind: str, name: str | None = None) -> list[Shared]:
    """The values of a kind (see KINDS) in more than one part, sorted by fold and value. Nulls are never shared.

    rows: with the columns split (the part), the kind's column, and optionally fold, to examine each fold separately.
    name: the column that names a row; by default the kind's.

    >>> rows = {"split": ["train", "train", "test"], "speaker_id": ["03", "08", "03"], "file": ["a", "b", "c"]}
    >>> shared(pl.DataFrame(rows), "speakers", name="file")
    [Shared(value='03', names={'test': ['c'], 'train': ['a']}, fold=None)]
    """
    column = KINDS[kind]
    keys = ["fold", column] if "fold" in rows.columns else [column]
    known = rows.filter(pl.col(column).is_not_null()).select(*keys, "split", pl.col(name or column).alias("name"))
    # first find the values, which is fast and nearly always gives none; then collect their rows
    several = known.select(*keys, "split").unique().group_by(keys).len().filter(pl.col("len") > 1)
    details = known.join(several, on=keys, how="semi").sort(*keys, "split", "name")
    found: dict[tuple[Any, ...], dict[str, list[str]]] = {}
    for *key, split, names in details.group_by(*keys, "split", maintain_order=True).agg("name").iter_rows():
        found.setdefault(tuple(key), {})[split] = names
    return [Shared(value, names, *fold) for (*fold, value), names in found.items()]
