"""What parts of some data share: the splits of a fold, or a model's training data and the data that it is scored on."""

from dataclasses import dataclass
from typing import Any

import polars as pl

SPLITS = ("train", "dev", "test")
# kind of what may be shared -> the column that identifies it
KINDS = {
    "recordings": "recording",
    "speakers": "speaker_id",
    "takes": "take_group",
    "identical audio": "audio",
    "performances": "performance",
    "sentences": "text_id",
}


@dataclass(frozen=True)
class Shared:
    """A speaker, take, … that is in several parts.

    names: part -> the names of its rows there, sorted, one for each row. fold: None where there are no folds.
    """

    value: str
    names: dict[str, list[str]]
    fold: Any = None


def shared(rows: pl.DataFrame, kind: str, name: str | None = None) -> list[Shared]:
    """What of a kind (see KINDS) is in more than one part, sorted by fold and value. Empty values are never shared.

    rows: their part in the column split, the kind's column, and optionally fold: each fold is looked at on its own.
    name: the column that names a row; by default the kind's.

    >>> rows = {"split": ["train", "train", "test"], "speaker_id": ["03", "08", "03"], "file": ["a", "b", "c"]}
    >>> shared(pl.DataFrame(rows), "speakers", name="file")
    [Shared(value='03', names={'test': ['c'], 'train': ['a']}, fold=None)]
    """
    column = KINDS[kind]
    keys = ["fold", column] if "fold" in rows.columns else [column]
    known = rows.filter(pl.col(column).is_not_null()).select(*keys, "split", pl.col(name or column).alias("name"))
    # first which values, which is quick and nearly always none; then their rows
    several = known.select(*keys, "split").unique().group_by(keys).len().filter(pl.col("len") > 1)
    details = known.join(several, on=keys, how="semi").sort(*keys, "split", "name")
    found: dict[tuple[Any, ...], dict[str, list[str]]] = {}
    for *key, split, names in details.group_by(*keys, "split", maintain_order=True).agg("name").iter_rows():
        found.setdefault(tuple(key), {})[split] = names
    return [Shared(value, names, *fold) for (*fold, value), names in found.items()]
