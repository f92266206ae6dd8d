"""What another gain changes, counted on answers that are changed by hand."""

import numpy as np
import polars as pl
import pytest

from zoo.evaluation.gain import gain_figures
from zoo.evaluation.scores import score
from zoo.study.exploration import Exploration
from zoo.tables.gain import INDEPENDENT
from zoo.tables.gain_figures import CHANGED


@pytest.fixture
def predictions(make):
    return make(model="cnn", corpus="emodb")


def changed_in(predictions, share, condition):
    """A random share of the utterances is answered with another class."""
    classes = predictions["predicted"].unique().sort().to_list()
    other = pl.col("predicted").replace_strict(classes, classes[1:] + classes[:1])
    some = pl.Series(np.random.default_rng(1).random(len(predictions)) < share)
    rows = predictions.with_columns(pl.when(some).then(other).otherwise("predicted").alias("predicted"))
    return rows.with_columns(pl.lit(condition).alias("condition"))


def overall(figures, metric):
    return figures.filter(metric=metric, group="all").row(0, named=True)


def test_the_share_of_changed_answers_is_counted_with_its_interval(predictions):
    found = gain_figures(predictions, changed_in(predictions, 0.25, "plus_10_db"), "s", 0.95)
    row = overall(found, CHANGED)
    other = changed_in(predictions, 0.25, "plus_10_db")["predicted"] != predictions["predicted"]
    assert row["value"] == pytest.approx(other.sum() / len(other)) and 0.15 < row["value"] < 0.35
    assert row["low"] <= row["value"] <= row["high"]


def test_where_nothing_changes_the_share_is_zero_and_the_figures_are_those_as_recorded(predictions):
    found = gain_figures(predictions, changed_in(predictions, 0.0, INDEPENDENT), "s", 0.95)
    assert overall(found, CHANGED)["value"] == 0 and overall(found, CHANGED)["low"] == 0
    recorded = score(predictions, "s", 0.95).filter(model="cnn", metric="uar", group="all").row(0, named=True)
    assert {name: overall(found, "uar")[name] for name in ("value", "low", "high")} == {
        name: recorded[name] for name in ("value", "low", "high")
    }


def test_recalls_of_the_classes_are_among_the_figures_and_baselines_are_not(predictions):
    found = gain_figures(predictions, changed_in(predictions, 0.5, INDEPENDENT), "s", 0.95)
    assert set(found["model"]) == {"cnn"} and set(found["metric"]) == {"uar", "recall", CHANGED}
    groups = set(found.filter(metric="recall")["group"])
    assert groups == {f"class={label}" for label in predictions["label"].unique()}


def test_figures_of_speakers_that_choices_have_seen_say_so(predictions):
    seen = {"emodb": Exploration(speakers="all", alternatives=3, until="2026-11", choices="sizes")}
    found = gain_figures(predictions, changed_in(predictions, 0.5, INDEPENDENT), "s", 0.95, seen)
    assert found["exploration"].null_count() == 0
