"""Tables: how they are validated, written and read, and how they record the files they were made from."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from zoo.errors import ZooError
from zoo.files import whole_file
from zoo.hashes import sha256_of

_INPUT = "zoo.input."


@dataclass(frozen=True)
class Column:
    """A column: its type, what it means, whether it may be empty, and the values it may hold (empty: any)."""

    dtype: Any
    meaning: str
    nullable: bool = False
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """A table that is checked on writing and on reading.

    row: what a row describes. key: the columns that identify a row; rows are sorted by them.
    """

    name: str
    row: str
    key: tuple[str, ...]
    columns: Mapping[str, Column]

    @property
    def schema(self) -> dict[str, Any]:
        """The type of every column."""
        return {name: column.dtype for name, column in self.columns.items()}

    def frame(self, rows: list[dict[str, Any]]) -> pl.DataFrame:
        """A data frame of this table's columns from one dict per row; missing values are null."""
        return pl.DataFrame(
            [{name: row.get(name) for name in self.columns} for row in rows], schema=self.schema, orient="row"
        )

    def check(self, frame: pl.DataFrame, where: str) -> pl.DataFrame:
        """The frame in the table's column order, sorted by key.

        Raises ZooError naming the column (and rows) that violate the table's rules.
        """
        if difference := set(frame.columns) ^ set(self.columns):
            raise ZooError(
                f"{where}: the {self.name} table has other columns: {', '.join(sorted(difference))}",
                "run `dvc repro` to make it again",
            )
        frame = frame.select(list(self.columns))
        for name, column in self.columns.items():
            if frame.schema[name] != column.dtype:
                raise ZooError(f"{where}: {self.name}.{name} is {frame.schema[name]}, not {column.dtype}")
            if not column.nullable and frame[name].null_count():
                raise ZooError(f"{where}: {self.name}.{name} is empty in {frame[name].null_count()} rows")
            if column.allowed:
                strange = sorted(set(frame[name].drop_nulls().unique().to_list()) - set(column.allowed))
                if strange:
                    raise ZooError(
                        f"{where}: {self.name}.{name} has the value '{strange[0]}'",
                        f"allowed: {', '.join(column.allowed)}",
                    )
        twice = frame.filter(frame.select(self.key).is_duplicated())
        if len(twice):
            raise ZooError(
                f"{where}: {len(twice)} rows of the {self.name} table share a key: {twice.select(self.key).row(0)}"
            )
        return frame.sort(self.key)

    def write(self, frame: pl.DataFrame, path: Path, made_from: Mapping[str, Path]) -> None:
        """Check and write a Parquet file that carries the sha256 of the files it was made from.

        made_from: a name for each input and its path. Equal content gives equal bytes.
        """
        frame = self.check(frame, str(path))
        inputs = {_INPUT + name: sha256_of(source) for name, source in sorted(made_from.items())}
        with whole_file(path) as part:
            frame.write_parquet(part, metadata={"zoo.table": self.name, **inputs})

    def read(self, path: Path, made_from: Mapping[str, Path] | None = None) -> pl.DataFrame:
        """Read and check a Parquet file.

        made_from: the inputs that it must have been made from, as passed to `write`.
        Raises ZooError when the file is missing, is not such a table, or was made from other inputs.
        """
        path = Path(path)
        if not path.exists():
            raise ZooError(f"{path} is missing", "run `dvc repro` to make it", kind="missing")
        try:
            metadata = pl.read_parquet_metadata(path)
            frame = pl.read_parquet(path, glob=False)
        except (pl.exceptions.PolarsError, OSError) as error:
            hint = "run `dvc repro` to make it again"
            raise ZooError(f"{path} is not a readable {self.name} table", hint, kind="unreadable") from error
        if metadata.get("zoo.table") != self.name:
            raise ZooError(f"{path} is not a {self.name} table but {metadata.get('zoo.table', 'no table of zoo')}")
        for name, source in (made_from or {}).items():
            if metadata.get(_INPUT + name) != sha256_of(source):
                raise ZooError(
                    f"{path} was not made from {source}",
                    "they do not belong together; run `dvc repro` to make them again",
                    kind="stale",
                )
        return self.check(frame, str(path))
