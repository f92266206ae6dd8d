"""Recalibration by a temperature: it is found, never fitted on the fold that it is applied to, and published."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zoo.evaluation.calibration import leave_fold_out, temperature
from zoo.evaluation.counting import _speaker_sets
from zoo.evaluation.scores import score
from zoo.tasks.classes import softmax


def stated(seed, sharpness, size=4000):
    """Logits that are `sharpness` times those that the labels were drawn from."""
    random = np.random.default_rng(seed)
    logits = random.normal(0, 1.5, (size, 5))
    labels = (softmax(logits).cumsum(axis=1) < random.random((size, 1))).sum(axis=1).clip(max=4)
    return sharpness * logits, labels


@pytest.mark.parametrize("sharpness", [0.5, 1.0, 3.0])
def test_the_temperature_undoes_over_and_underconfidence(sharpness):
    assert temperature(*stated(1, sharpness)) == pytest.approx(sharpness, rel=0.1)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000), sharpness=st.floats(0.3, 4))
def test_no_other_temperature_has_less_log_loss(seed, sharpness):
    logits, labels = stated(seed, sharpness, size=200)

    def loss(value):
        return -np.log(softmax(logits / value)[np.arange(200), labels]).mean()

    best = temperature(logits, labels)
    assert all(loss(best) <= loss(best * factor) + 1e-9 for factor in (0.5, 0.9, 0.99, 1.01, 1.1, 2.0))


def test_a_fold_is_recalibrated_without_its_own_labels():
    logits, labels = stated(2, 2.0, size=300)
    folds = np.arange(300) % 3
    found = leave_fold_out(logits, labels, folds)
    changed = leave_fold_out(logits, np.where(folds == 1, (labels + 1) % 5, labels), folds)
    np.testing.assert_array_equal(found[folds == 1], changed[folds == 1])
    assert not np.allclose(found[folds == 0], changed[folds == 0])
    np.testing.assert_allclose(
        found[folds == 1], softmax(logits[folds == 1] / temperature(logits[folds != 1], labels[folds != 1]))
    )


def test_recalibration_changes_no_prediction_and_needs_two_folds():
    logits, labels = stated(3, 2.0, size=100)
    found = leave_fold_out(logits, labels, np.arange(100) % 2)
    np.testing.assert_array_equal(found.argmax(axis=1), logits.argmax(axis=1))
    np.testing.assert_allclose(found.sum(axis=1), 1)
    assert leave_fold_out(logits, labels, np.zeros(100)) is None


def test_extreme_logits_stay_finite():
    logits = np.array([[800.0, -800.0], [-800.0, 800.0], [800.0, -800.0]])
    assert 0.02 <= temperature(logits, np.array([0, 1, 0])) <= 50
    assert np.isfinite(leave_fold_out(logits, np.array([0, 1, 1]), np.array([0, 1, 2]))).all()


def rows(scores):
    overall = scores.filter(pl.col("group") == "all", pl.col("model") == "cnn")
    return {row["metric"]: row for row in overall.iter_rows(named=True)}


def test_scores_have_the_loss_before_and_after_and_the_gain_with_an_interval(make):
    overconfident = make(num_speakers=8).with_columns(
        (pl.col("logits").list.eval(pl.element() * 4)).alias("logits"),
    )
    logits = np.array(overconfident["logits"].to_list())
    overconfident = overconfident.with_columns(
        pl.Series("probabilities", softmax(logits).astype(np.float32).tolist(), dtype=pl.List(pl.Float32))
    )
    sharp, plain = rows(score(overconfident, "s", 0.95)), rows(score(make(num_speakers=8), "s", 0.95))
    gain = sharp["log_loss"]["value"] - sharp["log_loss_recalibrated"]["value"]
    assert sharp["miscalibration"]["value"] == pytest.approx(gain)
    assert sharp["miscalibration"]["low"] > 0
    assert sharp["miscalibration"]["interval"] == "jackknife over 8 speakers, t, 95 %"
    assert sharp["log_loss_recalibrated"]["value"] == pytest.approx(plain["log_loss_recalibrated"]["value"], abs=1e-4)
    assert sharp["temperature"]["value"] == pytest.approx(4 * plain["temperature"]["value"], rel=1e-3)
    assert sharp["temperature"]["low"] is None
    assert sharp["ece"]["low"] is None and sharp["ece"]["interval"].startswith("none: no interval covers the expected")
    assert sharp["ece"]["value"] > plain["ece"]["value"]


def test_there_is_no_recalibrated_loss_without_logits_or_folds(make):
    without = make().with_columns(pl.lit(None, dtype=pl.List(pl.Float32)).alias("logits"))
    one_fold = make().with_columns(pl.lit("0").alias("fold"))
    for predictions in (without, one_fold):
        found = rows(score(predictions, "s", 0.95))
        assert "log_loss" in found and not {"miscalibration", "temperature"} & set(found)


def test_two_folds_of_the_same_speakers_share_a_temperature(make):
    """As `across_sentences` cuts them: otherwise the temperature of a speaker's sentences would see that speaker."""
    frame = make("emodb", num_speakers=6, num_utterances=20)
    speaker = pl.col("speaker_id").rank("dense").cast(pl.String)
    twice = frame.with_columns((speaker + pl.int_range(pl.len()).mod(2).cast(pl.String)).alias("fold"))
    once = frame.with_columns(speaker.alias("fold"))
    assert _speaker_sets(twice).tolist() == _speaker_sets(once).tolist()


def test_an_utterance_without_a_label_keeps_no_other_from_being_recalibrated(make):
    whole = make(num_speakers=8)
    without = whole.with_columns(label=pl.when(pl.col("utterance_id") != whole["utterance_id"][7]).then("label"))
    dropped = whole.filter(pl.col("utterance_id") != whole["utterance_id"][7])
    found, expected = rows(score(without, "s", 0.95)), rows(score(dropped, "s", 0.95))
    for metric in ("log_loss_recalibrated", "miscalibration", "temperature"):
        assert found[metric]["value"] == pytest.approx(expected[metric]["value"])
        assert found[metric]["num_utterances"] == len(dropped) == len(whole) - 1


def test_a_fold_without_labels_is_recalibrated_by_the_others_and_one_with_labels_is_too_few():
    logits, labels = stated(4, 2.0, size=300)
    folds = np.arange(300) % 3
    two = np.where(folds == 0, -1, labels)
    found = leave_fold_out(logits, two, folds)
    np.testing.assert_allclose(found[folds == 0], softmax(logits[folds == 0] / temperature(logits, two)))
    assert leave_fold_out(logits, np.where(folds == 1, labels, -1), folds) is None
