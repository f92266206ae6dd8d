"""Intervals and differences, against brute force and a published example, and how often they hold the truth."""

import numpy as np
import polars as pl
import pytest

from zoo.evaluation.comparison import all_pairs, difference, holm
from zoo.evaluation.counting import SpeakerConfusions, count_by_speaker
from zoo.evaluation.intervals import estimate, jackknife, standard_error, t_quantile
from zoo.metrics.confusion import uar


def test_standard_error_of_the_law_school_correlation():
    """Efron and Tibshirani 1993, table 3.1 and chapter 11: the jackknife's error of the correlation is 0.1425."""
    lsat = np.array([576, 635, 558, 578, 666, 580, 555, 661, 651, 605, 653, 575, 545, 572, 594])
    gpa = np.array([3.39, 3.30, 2.81, 3.03, 3.44, 3.07, 3.00, 3.43, 3.36, 3.13, 3.12, 2.74, 2.76, 2.88, 2.96])
    without = np.array([np.corrcoef(np.delete(lsat, at), np.delete(gpa, at))[0, 1] for at in range(15)])
    assert standard_error(without) == pytest.approx(0.1425, abs=5e-4)


def test_of_a_mean_it_is_the_textbook_interval():
    values = np.array([0.2, 0.5, 0.6, 0.4, 0.8])
    without = np.array([np.delete(values, at).mean() for at in range(5)])
    found = estimate(values.mean(), without, 0.95)
    reach = 2.776445 * values.std(ddof=1) / np.sqrt(5)
    assert (found.low, found.high) == pytest.approx((0.5 - reach, 0.5 + reach))


def test_equals_leaving_out_each_speaker_by_hand(make):
    predictions = make(num_speakers=6, num_utterances=30)
    found = jackknife(count_by_speaker(predictions).confusions, uar, 0.9)
    rest = [predictions.filter(pl.col("speaker_id") != f"{at:02d}") for at in range(6)]
    without = np.array([uar(count_by_speaker(each).confusions.sum(axis=1))[0] for each in rest])
    error = np.sqrt(5 / 6 * ((without - without.mean()) ** 2).sum())
    assert found.high - found.value == pytest.approx(t_quantile(0.95, 5) * error)
    assert found.how == "jackknife over 6 speakers, t, 90 %"


def test_several_seeds_are_averaged_not_pooled(make):
    seeds = [make(seed=seed, num_speakers=5) for seed in (1, 2, 3)]
    each = [jackknife(count_by_speaker(one).confusions, uar, 0.95).value for one in seeds]
    together = count_by_speaker(seeds[0].vstack(seeds[1]).vstack(seeds[2]))
    assert jackknife(together.confusions, uar, 0.95).value == pytest.approx(np.mean(each))
    assert together.num_utterances == 5 * 50


@pytest.mark.parametrize(("num_speakers", "words"), [(1, "1 speaker,"), (3, "3 speakers,")])
def test_too_few_speakers_have_no_interval_and_it_says_why(make, num_speakers, words):
    found = jackknife(count_by_speaker(make(num_speakers=num_speakers)).confusions, uar, 0.95)
    assert found.low is None and found.high is None
    assert found.how == f"none: {words} at least 4 are needed"


def test_intervals_stay_between_0_and_1(make):
    found = jackknife(count_by_speaker(make(skill=4.5, num_speakers=4, num_utterances=20)).confusions, uar, 0.99)
    assert 0 <= found.low <= found.value <= found.high <= 1


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    """Speakers differ in how well they are recognised; the truth is the mean over all speakers there could be."""
    random = np.random.default_rng(7)
    truth, hits, trials = 0.6, 0, 400
    for _ in range(trials):
        skill = np.clip(random.normal(truth, 0.12, size=(10, 4)), 0.05, 0.95)  # (speakers, classes)
        right = random.binomial(12, skill)
        confusions = np.zeros((1, 10, 4, 4), np.int64)
        for label in range(4):
            confusions[0, :, label, label] = right[:, label]
            confusions[0, :, label, (label + 1) % 4] = 12 - right[:, label]
        found = jackknife(confusions, uar, 0.95)
        hits += found.low <= truth <= found.high
    assert 0.91 <= hits / trials <= 0.985


def test_a_difference_is_found_where_intervals_overlap(make):
    """The better model is right wherever the other is, and in a few more cases with every speaker."""
    worse = make(skill=1.2, num_speakers=10, num_utterances=40)
    fixed = worse.with_row_index().with_columns(
        predicted=worse["label"].zip_with((worse.with_row_index()["index"] % 10) == 0, worse["predicted"])
    )
    classes = tuple(sorted(worse["label"].unique()))
    one, other = count_by_speaker(fixed.drop("index"), classes), count_by_speaker(worse, classes)
    high, low = (jackknife(each.confusions, uar, 0.95) for each in (one, other))
    found = difference(one, other, 0.95)
    assert high.low < low.high
    assert found.low > 0 and found.p < 0.05
    assert found.value == pytest.approx(high.value - low.value)
    assert difference(other, one, 0.95).value == pytest.approx(-found.value)


def test_the_detectable_difference_is_what_four_in_five_comparisons_find():
    random = np.random.default_rng(3)
    spread, found_it, detectable = 0.06, 0, []
    for at in range(300):
        gain = 0.0 if at % 2 else 0.065
        confusions = []
        shared = random.normal(0.5, 0.1, size=12)
        for shift in (gain, 0.0):
            right = np.clip(shared + shift + random.normal(0, spread / np.sqrt(2), size=12), 0, 1) * 1000
            counts = np.zeros((1, 12, 2, 2), np.int64)
            counts[0, :, 0, 0] = counts[0, :, 1, 1] = right.astype(int)
            counts[0, :, 0, 1] = counts[0, :, 1, 0] = 1000 - right.astype(int)
            confusions.append(counts)
        result = difference(_counted(confusions[0]), _counted(confusions[1]), 0.95)
        detectable.append(result.detectable)
        if gain:
            found_it += result.p < 0.05
    power = found_it / 150
    assert np.mean(detectable) == pytest.approx(0.054, abs=0.006)  # (2.201 + 0.876) * 0.06 / sqrt(12)
    assert 0.8 <= power <= 0.99


def _counted(confusions):
    speakers = tuple(map(str, range(confusions.shape[1])))
    return SpeakerConfusions(("a", "b"), speakers, (None,) * len(speakers), (1,), confusions)


def test_identical_predictions_differ_by_nothing(make):
    per_speaker = count_by_speaker(make())
    found = difference(per_speaker, per_speaker, 0.95)
    assert (found.value, found.low, found.high, found.p) == (0, 0, 0, 1)


def test_holm_worked_out_by_hand():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []


def test_all_pairs_of_a_leaderboard_are_corrected_together(make):
    models = {name: make(model=name, skill=skill) for name, skill in [("a", 1.0), ("b", 1.02), ("c", 2.5)]}
    classes = tuple(sorted(models["a"]["label"].unique()))
    pairs = all_pairs({name: count_by_speaker(frame, classes) for name, frame in models.items()}, 0.95)
    assert list(pairs) == [("a", "b"), ("a", "c"), ("b", "c")]
    alone = difference(count_by_speaker(models["a"], classes), count_by_speaker(models["b"], classes), 0.95)
    assert pairs["a", "b"].p >= alone.p
    assert pairs["a", "c"].p < 0.01 and pairs["a", "c"].value < 0
