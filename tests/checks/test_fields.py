"""What a corpus may be like if its description says so: a check that stops names the field that lets it pass."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from checks.conftest import official_rows

from zoo import corpora
from zoo.checks.contract import Check, described_in, failure, outcome
from zoo.checks.manifest import checks
from zoo.corpora.contract import Corpus, Defect
from zoo.tables.manifest import MANIFEST

ODD = pl.col("utterance_id") == "03a02Wa"
EMODB = corpora.get("emodb")
CASES: list[tuple[str, pl.Expr, str, dict[str, Any]]] = [
    ("channels", pl.lit(2), "channel", {"channels": (1, 2)}),
    ("sampling_rate_hz", pl.lit(8000), "sampling rate", {"other_rates_hz": (8000,)}),
    ("dc_offset", pl.lit(0.09), "no file has a large DC offset", {"dc_offset": True}),
    ("duration_s", pl.lit(25.0), "durations are in the corpus's range", {"duration_range_s": (0.1, 30.0)}),
    ("age", pl.lit(99), "sex and age match", {"disagreements": ("The table of speakers has other ages.",)}),
    ("native_label", pl.lit("fear"), "official counts", {"disagreements": ("Labels were corrected.",)}),
    ("clipped", pl.lit(0.2), "no file is badly clipped", {"known_defects": {"03a02Wa": Defect("header", "loud")}}),
]


def found(corpus: Corpus, title: str, manifest: pl.DataFrame) -> tuple[Check, list[str]]:
    check = next(one for one in checks(corpus, [], False, None) if title in one.title)
    assert check.find is not None
    return check, check.find(manifest)


@pytest.mark.parametrize(("column", "value", "title", "allowing"), CASES, ids=[case[0] for case in CASES])
def test_a_stopped_check_names_the_field_and_the_field_lets_it_pass(
    column: str, value: pl.Expr, title: str, allowing: dict[str, Any]
) -> None:
    rows = MANIFEST.frame(official_rows())
    manifest = rows.with_columns(pl.when(ODD).then(value).otherwise(column).cast(rows.schema[column]).alias(column))
    check, findings = found(EMODB, title, manifest)
    error = failure([outcome("emodb", "manifest", check, findings)], "fix it")
    assert error is not None and f"`{next(iter(allowing))}` of zoo/corpora/emodb.py" in error.message
    check, findings = found(replace(EMODB, **allowing), title, manifest)
    assert outcome("emodb", "manifest", check, findings).state in ("passed", "warned")


def test_the_file_of_a_corpus_of_the_project_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "corpora").mkdir()
    (tmp_path / "corpora/mine.yaml").touch()
    assert described_in("mine") == "corpora/mine.yaml"


def test_segments_of_a_file_are_listed_once_each() -> None:
    rows = MANIFEST.frame(official_rows()).with_columns(pl.lit("wav/long.wav").alias("path"))
    apart = rows.with_row_index("at").with_columns(pl.col("at").cast(pl.Float64).alias("start_s"))
    assert found(EMODB, "listed once", apart)[1] == []
    assert found(EMODB, "listed once", rows)[1] == ["wav/long.wav"]
