"""The rows of Parquet files: plain ones, those of audformat and audb, and Hugging Face data sets."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from zoo.errors import WRONG_USAGE, ZooError
from zoo.files import named
from zoo.listings.delimited import Placed


def rows(path: Path) -> Iterator[Placed]:
    """The rows of a Parquet file, without embedded audio; the names of Hugging Face's classes instead of numbers.

    Raises ZooError for a file that cannot be read.
    """
    try:
        metadata = pl.read_parquet_metadata(path)
        frame = pl.scan_parquet(path)
        schema = frame.collect_schema()
        objects = [name for name, kind in schema.items() if isinstance(kind, pl.Struct)]
        frame = frame.with_columns(_path(name, schema[name]) for name in objects)
        content = frame.select(name for name, kind in schema.items() if kind != pl.Binary()).collect()
    except (pl.exceptions.PolarsError, OSError) as error:
        hint = "check that the file is complete, or save the table as CSV"
        raise ZooError(f"{named(path)} is not a readable Parquet file", hint, WRONG_USAGE) from error
    for column, names in _class_names(metadata).items():
        if column in content.columns and content.schema[column].is_integer():
            numbers = dict(enumerate(names))
            content = content.with_columns(pl.col(column).replace_strict(numbers, default=None))
    for number, row in enumerate(content.iter_rows(named=True), start=1):
        yield f"row {number}", row


def _path(name: str, kind: Any) -> pl.Expr:
    """The path of a struct of audio; other structs as they are."""
    has_path = any(field.name == "path" for field in kind.fields)
    return pl.col(name).struct.field("path").alias(name) if has_path else pl.col(name)


def _class_names(metadata: dict[str, str]) -> dict[str, list[str]]:
    """Column -> names of its classes, as `datasets` states them in the metadata of the file."""
    try:
        features = json.loads(metadata.get("huggingface", "{}")).get("info", {}).get("features", {})
        return {name: list(one["names"]) for name, one in features.items() if one.get("_type") == "ClassLabel"}
    except (ValueError, AttributeError, KeyError, TypeError):
        return {}
