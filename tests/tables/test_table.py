"""A table refuses what breaks its rules, and knows what it was made from."""

import polars as pl
import pytest

from zoo.errors import ZooError
from zoo.hashes import sha256_of
from zoo.tables.table import Column, Table

PETS = Table(
    name="pets",
    row="an animal",
    key=("owner", "name"),
    columns={
        "owner": Column(pl.String(), "who feeds it"),
        "name": Column(pl.String(), "what it is called"),
        "kind": Column(pl.String(), "what it is", allowed=("cat", "dog")),
        "age": Column(pl.Int64(), "in years", nullable=True),
    },
)


def pets():
    return PETS.frame(
        [
            {"owner": "Zoe", "name": "Tom", "kind": "cat", "age": 3},
            {"owner": "Ann", "name": "Rex", "kind": "dog"},
        ]
    )


@pytest.fixture
def source(tmp_path):
    (tmp_path / "source").write_text("what it was made from")
    return tmp_path / "source"


def test_a_table_comes_back_sorted_by_its_key(tmp_path, source):
    PETS.write(pets(), tmp_path / "pets.parquet", {"source": source})
    back = PETS.read(tmp_path / "pets.parquet", {"source": source})
    assert back.rows() == [("Ann", "Rex", "dog", None), ("Zoe", "Tom", "cat", 3)]


def test_equal_content_is_equal_bytes(tmp_path, source):
    PETS.write(pets(), tmp_path / "a", {"source": source})
    PETS.write(pets().reverse().select("age", "kind", "name", "owner"), tmp_path / "b", {"source": source})
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    other = tmp_path / "other"
    other.write_text("something else")
    PETS.write(pets(), tmp_path / "c", {"source": other})
    assert sha256_of(tmp_path / "c") != sha256_of(tmp_path / "a")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (pl.lit(None, dtype=pl.String()).alias("name"), "pets.name is empty in 2 rows"),
        (pl.col("age").cast(pl.Float64), "pets.age is Float64, not Int64"),
        (pl.lit("cow").alias("kind"), "pets.kind has the value 'cow'"),
        (pl.lit(1).alias("weight"), "other columns: weight"),
        ([pl.lit("Ann").alias("owner"), pl.lit("Rex").alias("name")], r"2 rows .* share a key.*'Ann', 'Rex'"),
    ],
)
def test_broken_rules_are_named_on_writing_and_on_reading(tmp_path, source, change, message):
    broken, path = pets().with_columns(change), tmp_path / "pets.parquet"
    with pytest.raises(ZooError, match=message):
        PETS.write(broken, path, {"source": source})
    assert not path.exists()
    broken.write_parquet(path, metadata={"zoo.table": "pets"})
    with pytest.raises(ZooError, match=message):
        PETS.read(path)


def test_a_missing_column_is_named(tmp_path):
    with pytest.raises(ZooError, match="other columns: age"):
        PETS.check(pets().drop("age"), "here")


def test_inputs_that_do_not_belong_together_are_rejected(tmp_path, source):
    PETS.write(pets(), tmp_path / "pets.parquet", {"source": source})
    source.write_text("changed since")
    with pytest.raises(ZooError, match="was not made from") as caught:
        PETS.read(tmp_path / "pets.parquet", {"source": source})
    assert caught.value.kind == "stale"
    with pytest.raises(ZooError, match="was not made from"):
        PETS.read(tmp_path / "pets.parquet", {"another name": source})


def test_files_that_are_no_such_table_are_named(tmp_path, source):
    path = tmp_path / "pets.parquet"
    with pytest.raises(ZooError, match="is missing"):
        PETS.read(path)
    path.write_text("not parquet")
    with pytest.raises(ZooError, match="not a readable pets table"):
        PETS.read(path)
    pets().write_parquet(path)
    with pytest.raises(ZooError, match="no table of zoo"):
        PETS.read(path)


def test_a_cut_off_table_is_named(tmp_path, source):
    path = tmp_path / "pets.parquet"
    PETS.write(pets(), path, {"source": source})
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(ZooError, match="not a readable pets table"):
        PETS.read(path)
