"""The table of differences: every pair of a leaderboard, by the headline metric of its task."""

import numpy as np
import polars as pl
import pytest

from zoo.evaluation.comparison import difference, holm
from zoo.evaluation.counting import by_speaker
from zoo.evaluation.differences import differences
from zoo.evaluation.scores import score
from zoo.evaluation.summary import summary
from zoo.study.exploration import Exploration
from zoo.tables.differences import read_csv, write_csv
from zoo.tables.scores import SCORES


@pytest.fixture(scope="module")
def three(make_module):
    skills = [("a", 1.0), ("b", 1.02), ("c", 2.5)]
    within = [make_module(model=name, skill=skill) for name, skill in skills]
    across = [make_module("ravdess", name, skill, target="emodb") for name, skill in skills[:2]]
    return pl.concat([*within, *across])


@pytest.fixture(scope="module")
def make_module():
    import importlib.util
    from pathlib import Path

    spec = importlib.util.spec_from_file_location("made_up", Path(__file__).with_name("conftest.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.make


def test_every_pair_of_a_leaderboard_is_in_the_table_and_corrected_with_its_others(three):
    table = differences(three, "s", 0.95)
    within = table.filter(source="emodb")
    assert within.select("first", "second").rows() == [("a", "b"), ("a", "c"), ("b", "c")]
    assert within["p_holm"].to_list() == pytest.approx(holm(within["p"].to_list()))
    across = table.filter(source="ravdess")
    assert across.select("first", "second", "protocol", "p_holm").rows() == [("a", "b", "release", across["p"][0])]
    assert set(table["metric"]) == {"uar"}


def test_a_row_is_the_paired_difference_of_its_models(three):
    row = differences(three, "s", 0.9).filter(source="emodb", first="a", second="c").row(0, named=True)
    parts = [by_speaker(three.filter(source="emodb", model=name)) for name in "ac"]
    alone = difference(*parts, 0.9)
    assert (row["value"], row["low"], row["high"], row["p"]) == (alone.value, alone.low, alone.high, alone.p)
    assert row["how"] == "paired jackknife over 10 speakers, t, 90 %" and row["num_speakers"] == 10
    assert row["high"] < 0 and row["p_holm"] < 0.01


def test_too_few_speakers_have_no_p_and_it_says_why(make_module):
    both = pl.concat([make_module(model=name, num_speakers=3) for name in "ab"])
    (row,) = differences(both, "s", 0.95).to_dicts()
    assert (row["p"], row["p_holm"], row["low"]) == (None, None, None)
    assert row["how"] == "none: 3 speakers, at least 4 are needed"


def test_a_dimensional_task_is_compared_by_the_mean_ccc(make_module):
    random = np.random.default_rng(1)
    truth = random.random((500, 3)).astype(np.float32)
    frames = []
    for name, noise in (("close", 0.1), ("far", 0.6)):
        values = truth + random.normal(0, noise, truth.shape).astype(np.float32)
        frames.append(
            make_module(model=name).with_columns(
                pl.Series("truth", truth.tolist(), dtype=pl.List(pl.Float32)),
                pl.Series("values", values.tolist(), dtype=pl.List(pl.Float32)),
                pl.lit(None, dtype=pl.String).alias("predicted"),
                pl.lit(None, dtype=pl.List(pl.Float32)).alias("probabilities"),
                pl.lit("dimensional").alias("task"),
            )
        )
    (row,) = differences(pl.concat(frames), "s", 0.95).to_dicts()
    assert row["metric"] == "ccc" and row["low"] > 0.2 and row["p"] < 0.001


def test_csv_round_trip_keeps_small_p_values(three, tmp_path):
    table = differences(three, "s", 0.95)
    write_csv(table, tmp_path / "differences.csv")
    back = read_csv(tmp_path / "differences.csv")
    assert back["p"].to_list() == pytest.approx(table["p"].to_list(), rel=1e-9)
    assert back["value"].to_list() == pytest.approx(table["value"].to_list(), abs=1e-6)


def test_metrics_json_has_the_differences_within_a_corpus(three):
    figures = summary(SCORES.frame([]), differences(three, "s", 0.95), "core4")
    assert set(figures["differences"]["emodb"]) == {"a minus b", "a minus c", "b minus c"}
    assert set(figures["differences"]["emodb"]["a minus c"]) == {"uar", "low", "high", "p_holm"}


def test_a_comparison_states_what_choices_have_seen_of_its_speakers(three):
    """Of those that it is over: a speaker without a label of the scheme is none of them."""
    seen = Exploration(speakers=["03", "07", "09"], alternatives=12, until="2026-10", choices="dropout")
    unlabelled = three.with_columns(label=pl.when(pl.col("speaker_id") != "09").then("label"))
    table = differences(unlabelled, "s", 0.95, {"emodb": seen})
    assert set(table["exploration"]) == {
        "post-exploration: 2 of 9 of its speakers were seen while 12 alternatives were compared, until 2026-10"
    }
    assert set(table["num_speakers"]) == {9}
    for blind in ({}, {"ravdess": seen}, {"emodb": seen.model_copy(update={"speakers": ["77"]})}):
        assert differences(unlabelled, "s", 0.95, blind)["exploration"].null_count() == len(table)


def test_metrics_json_states_what_choices_have_seen(three):
    seen = {"emodb": Exploration(speakers="all", alternatives=12, until="2026-10", choices="dropout")}
    figures = summary(score(three, "s", 0.95, seen), differences(three, "s", 0.95, seen), "core4")
    words = "post-exploration: all of its speakers were seen while 12 alternatives were compared, until 2026-10"
    assert figures["within"]["emodb"]["a"]["exploration"] == words
    assert figures["cross"]["train=ravdess test=emodb"]["a"]["exploration"] == words
    assert figures["differences"]["emodb"]["a minus b"]["exploration"] == words
    assert "exploration" not in figures["within"]["emodb"]["majority"]
