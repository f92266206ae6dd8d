"""Intervals and differences, against brute force and a published example, and how often they hold the truth."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zoo import metrics
from zoo.evaluation.comparison import difference, holm
from zoo.evaluation.counting import BySpeaker, by_speaker
from zoo.evaluation.intervals import estimate, jackknife, standard_error, t_quantile
from zoo.metrics.confusion import RECALL, UAR
from zoo.metrics.contract import Answers

BRIER = metrics.get("brier")
CCC = metrics.get("ccc")


def interval(predictions, confidence=0.95, metric=UAR):
    return jackknife(by_speaker(predictions).sums(metric), metric, confidence)


def test_standard_error_of_the_law_school_correlation():
    """Efron and Tibshirani 1993, table 3.1 and chapter 11: the jackknife's error of the correlation is 0.1425."""
    lsat = np.array([576, 635, 558, 578, 666, 580, 555, 661, 651, 605, 653, 575, 545, 572, 594])
    gpa = np.array([3.39, 3.30, 2.81, 3.03, 3.44, 3.07, 3.00, 3.43, 3.36, 3.13, 3.12, 2.74, 2.76, 2.88, 2.96])
    without = np.array([np.corrcoef(np.delete(lsat, at), np.delete(gpa, at))[0, 1] for at in range(15)])
    assert standard_error(without) == pytest.approx(0.1425, abs=5e-4)


def test_of_a_mean_it_is_the_textbook_interval():
    values = np.array([0.2, 0.5, 0.6, 0.4, 0.8])
    without = np.array([np.delete(values, at).mean() for at in range(5)])
    found = estimate(values.mean(), without, 0.95, BRIER)
    reach = 2.776445 * values.std(ddof=1) / np.sqrt(5)
    assert (found.low, found.high) == pytest.approx((0.5 - reach, 0.5 + reach))


def test_equals_leaving_out_each_speaker_by_hand(make):
    predictions = make(num_speakers=6, num_utterances=30)
    found = interval(predictions, 0.9)
    rest = [predictions.filter(pl.col("speaker_id") != f"{at:02d}") for at in range(6)]
    without = np.array([float(UAR.figure(by_speaker(each).sums(UAR).sum(axis=1))[0]) for each in rest])
    error = np.sqrt(5 / 6 * ((without - without.mean()) ** 2).sum())
    assert found.error == pytest.approx(error)
    odds = found.value / (1 - found.value)
    reach = t_quantile(0.95, 5) * error / (found.value * (1 - found.value))
    high, low = odds * np.exp(reach), odds * np.exp(-reach)
    assert (found.low, found.high) == pytest.approx((low / (1 + low), high / (1 + high)))
    assert found.how == "jackknife over 6 speakers, t on the logit scale, 90 %"


def test_several_seeds_are_averaged_not_pooled(make):
    seeds = [make(seed=seed, num_speakers=5) for seed in (1, 2, 3)]
    each = [interval(one, 0.95).value for one in seeds]
    together = by_speaker(seeds[0].vstack(seeds[1]).vstack(seeds[2]))
    assert jackknife(together.sums(UAR), UAR, 0.95).value == pytest.approx(np.mean(each))
    assert together.num_utterances == 5 * 50


@pytest.mark.parametrize(("num_speakers", "words"), [(1, "1 speaker,"), (3, "3 speakers,")])
def test_too_few_speakers_have_no_interval_and_it_says_why(make, num_speakers, words):
    found = interval(make(num_speakers=num_speakers), 0.95)
    assert found.low is None and found.high is None
    assert found.how == f"none: {words} at least 4 are needed"


def test_intervals_stay_between_0_and_1(make):
    found = interval(make(skill=4.5, num_speakers=4, num_utterances=20), 0.99)
    assert 0 <= found.low <= found.value <= found.high <= 1


@pytest.mark.parametrize("right", [True, False])
def test_where_all_speakers_are_at_an_end_the_interval_is_that_of_one_other_utterance(make, right):
    """A jackknife sees no spread there, but ten perfect speakers do not prove that the eleventh is."""
    predictions = make(classes=["a", "b"])
    other = pl.col("label").replace_strict({"a": "b", "b": "a"})
    found = interval(predictions.with_columns(predicted=pl.col("label") if right else other))
    end = 499 / (499 + np.exp(t_quantile(0.975, 9) * 500 / 499))
    assert found.value == float(right)
    assert (found.low, found.high) == pytest.approx((end, 1) if right else (0, 1 - end))
    assert found.how == "as of one utterance of one of 10 speakers, t on the logit scale, 95 %"


def ordered(num_speakers, each, errors):
    """Two classes in turn; errors: for each number of a speaker, how many of the first utterances are wrong."""
    labels = np.tile(np.arange(each) % 2, num_speakers)
    predicted = labels.copy()
    for speaker, wrong in errors.items():
        predicted[speaker * each : speaker * each + wrong] ^= 1
    return Answers(np.repeat(np.arange(num_speakers), each), num_speakers, 2, label=labels, predicted=predicted)


def test_no_error_is_never_less_certain_than_one_in_forty():
    perfect, one, two = (
        jackknife(UAR.of(ordered(4, 10, errors))[None], UAR, 0.95) for errors in ({}, {0: 1}, {0: 1, 1: 1})
    )
    assert (perfect.value, one.value, two.value) == (1, 0.975, 0.95)
    assert perfect.low == pytest.approx(0.5986, abs=1e-4)
    assert perfect.low >= one.low - 1e-12 and one.low >= two.low - 1e-12


@settings(max_examples=60, deadline=None)
@given(
    num_speakers=st.integers(4, 12),
    each=st.integers(4, 20),
    metric=st.sampled_from(["uar", "macro_f1", "weighted_f1", "accuracy"]),
    data=st.data(),
)
def test_no_figure_has_a_lower_end_above_that_of_a_perfect_one(num_speakers, each, metric, data):
    metric = metrics.get(metric)
    errors = data.draw(st.dictionaries(st.integers(0, num_speakers - 1), st.integers(0, each)))
    perfect, other = (
        jackknife(metric.of(ordered(num_speakers, each, wrong))[None], metric, 0.95) for wrong in ({}, errors)
    )
    assert other.low is None or other.low <= perfect.low
    assert other.high is None or other.high >= 1 - perfect.low


def test_one_speaker_with_all_errors_has_an_interval_too(make):
    """Without that speaker the figure is 1, where the logit is infinite."""
    predictions = make(classes=["a", "b"])
    wrong = (pl.col("speaker_id") == "03") & (pl.col("utterance_id").str.ends_with("1"))
    other = pl.col("label").replace_strict({"a": "b", "b": "a"})
    found = interval(predictions.with_columns(predicted=pl.when(wrong).then(other).otherwise("label")))
    assert 0.9 < found.low < found.value < found.high < 1


def test_a_model_that_always_answers_the_same_has_no_interval(make):
    found = interval(make(classes=["a", "b"]).with_columns(predicted=pl.lit("a")))
    assert (found.value, found.low, found.how) == (0.5, None, "none: no speaker changes the figure")


def test_a_perfect_concordance_has_no_interval_and_says_why():
    truth = np.tile(np.linspace(0, 1, 10)[:, None], (6, 3))
    answers = Answers(np.repeat(np.arange(6), 10), 6, truth=truth, values=truth)
    found = jackknife(CCC.of(answers)[None], CCC, 0.95)
    assert (found.value, found.low) == (pytest.approx(1), None)
    assert found.how == "none: the figure is at the end of its range"


def test_speakers_without_a_class_are_not_speakers_of_its_recall(make):
    predictions = make(num_speakers=6)
    rare = predictions.filter((pl.col("label") != "fear") | pl.col("speaker_id").is_in(["00", "01", "02", "03"]))
    sums = by_speaker(rare).sums(RECALL)
    assert RECALL.contributes(sums.sum(axis=0))[:, 3].tolist() == [True] * 4 + [False] * 2


def test_a_difference_is_found_where_intervals_overlap(make):
    """The better model is right wherever the other is, and in a few more cases with every speaker."""
    worse = make(skill=1.2, num_speakers=10, num_utterances=40)
    fixed = worse.with_row_index().with_columns(
        predicted=worse["label"].zip_with((worse.with_row_index()["index"] % 10) == 0, worse["predicted"])
    )
    classes = tuple(sorted(worse["label"].unique()))
    one, other = by_speaker(fixed.drop("index"), classes), by_speaker(worse, classes)
    high, low = (jackknife(each.sums(UAR), UAR, 0.95) for each in (one, other))
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
    none = Answers(np.zeros(0, np.int64), len(speakers))
    return BySpeaker(("a", "b"), speakers, (None,) * len(speakers), (1,), none, _kept={UAR.sums: confusions})


def test_identical_predictions_differ_by_nothing(make):
    per_speaker = by_speaker(make())
    found = difference(per_speaker, per_speaker, 0.95)
    assert (found.value, found.low, found.high, found.p) == (0, 0, 0, 1)


def test_holm_worked_out_by_hand():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []


def test_a_p_value_that_there_is_not_is_no_comparison():
    assert holm([0.01, None, 0.04, float("nan")]) == [pytest.approx(0.02), None, pytest.approx(0.04), None]
    assert holm([None]) == [None]


def test_a_difference_that_no_speaker_changes_is_judged_by_a_sign_test(make):
    """A perfect model against one that always says the same: no spread, but no certainty from ten speakers either."""
    labels = ["a", "b"] * 25
    perfect = make(classes=["a", "b"]).with_columns(label=pl.Series(labels * 10), predicted=pl.Series(labels * 10))
    constant = perfect.with_columns(predicted=pl.lit("a"))
    found = difference(by_speaker(perfect), by_speaker(constant), 0.95)
    assert (found.value, found.low, found.p) == (0.5, None, 2**-9)
    assert found.how.endswith("p of a sign test")
