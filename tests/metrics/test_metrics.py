"""Every metric: figures worked out by hand, and the laws that sums and figures keep."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import jensenshannon

from zoo import metrics
from zoo.errors import ZooError
from zoo.metrics.contract import Answers
from zoo.metrics.scales import FISHER_Z, IDENTITY, LOGIT

NAMES = [metric.name for metric in metrics.every()]


def answers_of(seed=0, size=60, num_groups=5, num_classes=4):
    """Answers with everything that any metric needs."""
    random = np.random.default_rng(seed)
    return Answers(
        random.integers(num_groups, size=size),
        num_groups,
        num_classes,
        label=random.integers(num_classes, size=size),
        predicted=random.integers(num_classes, size=size),
        probabilities=random.dirichlet(np.ones(num_classes), size),
        recalibrated=random.dirichlet(np.ones(num_classes), size),
        truth=random.dirichlet(np.ones(num_classes), size),
    )


def for_metric(metric, seed=0, **more):
    """Such answers with dimensions as truth, if it is a metric of dimensions."""
    answers = answers_of(seed, **more)
    if "values" not in metric.needs:
        return answers
    random = np.random.default_rng(seed)
    return replace(answers, truth=random.random((len(answers), 3)), values=random.random((len(answers), 3)))


def distributions(rows, labels=None, truth=None):
    rows = np.array(rows, float)
    return Answers(
        np.zeros(len(rows), np.int64),
        1,
        rows.shape[1],
        label=None if labels is None else np.array(labels),
        probabilities=rows,
        truth=None if truth is None else np.array(truth, float),
    )


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 1000), size=st.integers(1, 80))
def test_sums_of_parts_add_up_to_those_of_the_whole(name, seed, size):
    metric = metrics.get(name)
    answers = for_metric(metric, seed, size=size)
    first = np.random.default_rng(seed).random(size) < 0.4
    parts = metric.of(answers.where(first)) + metric.of(answers.where(~first))
    np.testing.assert_allclose(parts, metric.of(answers), atol=1e-9)
    alone = replace(answers, group=np.zeros(size, np.int64), num_groups=1)
    np.testing.assert_allclose(metric.of(answers).sum(axis=0), metric.of(alone)[0], atol=1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_many_sums_at_once_equal_one_by_one_and_stay_in_range(name):
    metric = metrics.get(name)
    sums = metric.of(for_metric(metric, 3))
    together = metric.figure(np.stack([sums, 2 * sums]))
    assert together.shape == (2, 5, *((4,) if metric.per_class else ()))
    for at in range(5):
        np.testing.assert_allclose(together[0, at], metric.figure(sums[at]))
    known = together[~np.isnan(together)]
    assert np.all((known >= metric.low) & (known <= metric.high + 1e-12))


@pytest.mark.parametrize("name", NAMES)
def test_no_utterances_give_no_figure(name):
    metric = metrics.get(name)
    empty = metric.of(for_metric(metric).where(np.zeros(60, bool)))
    assert np.isnan(metric.figure(empty)).all()
    assert not metric.contributes(empty).any()


def test_each_task_has_a_headline_and_an_unknown_metric_is_named():
    assert {task: metrics.headline(task).name for task in metrics.HEADLINE} == metrics.HEADLINE
    assert all(task in metrics.headline(task).tasks for task in metrics.HEADLINE)
    with pytest.raises(ZooError, match="unknown metric 'uarr'") as error:
        metrics.get("uarr")
    assert "uar" in error.value.hint


def test_names_are_unique():
    assert len(set(NAMES)) == len(NAMES)


def test_utterances_without_a_label_are_not_counted():
    answers = answers_of()
    some = replace(answers, label=np.where(np.arange(60) < 20, -1, answers.label))
    uar = metrics.get("uar")
    assert uar.of(some).sum() == 40
    np.testing.assert_array_equal(uar.of(some), uar.of(answers.where(np.arange(60) >= 20)))


def test_brier_of_several_classes_worked_out_by_hand():
    found = metrics.get("brier").total(distributions([[0.5, 0.3, 0.2], [0, 0, 1]], [0, 0]))
    assert found == pytest.approx(((0.25 + 0.09 + 0.04) + 2) / 2)


def test_log_loss_worked_out_by_hand_and_finite_for_a_probability_of_0():
    loss = metrics.get("log_loss")
    assert loss.total(distributions([[0.5, 0.5], [0.2, 0.8]], [0, 1])) == pytest.approx(-np.log(0.4) / 2)
    assert loss.total(distributions([[1.0, 0.0]], [1])) == pytest.approx(15.942, abs=1e-3)


def test_miscalibration_is_what_recalibration_gains():
    answers = answers_of(4)
    figures = {name: float(metrics.get(name).total(answers)) for name in NAMES if name.startswith(("log_", "misc"))}
    gain = figures["log_loss"] - figures["log_loss_recalibrated"]
    assert figures["miscalibration"] == pytest.approx(gain)


def test_calibration_error_worked_out_by_hand():
    """Bins of a fifteenth: 0.6 is the end of (8/15, 9/15], 0.95 is in the last one."""
    rows = [[0.6, 0.4]] * 4 + [[0.95, 0.05]] * 4
    found = metrics.get("ece").total(distributions(rows, [0, 1, 1, 1, 0, 0, 0, 0]))
    assert found == pytest.approx((4 * abs(1 / 4 - 0.6) + 4 * abs(1 - 0.95)) / 8)
    assert metrics.get("ece").scale is None


def test_jensen_shannon_is_scipys_and_0_to_1():
    distance = metrics.get("js_distance")
    answers = answers_of(7)
    wanted = jensenshannon(answers.probabilities, answers.truth, base=2, axis=1).mean()
    assert distance.total(answers) == pytest.approx(wanted)
    assert distance.total(distributions([[1, 0], [0.5, 0.5]], truth=[[0, 1], [0.5, 0.5]])) == pytest.approx(0.5)


def ccc_of(x, y):
    return 2 * np.cov(x, y, bias=True)[0, 1] / (x.var() + y.var() + (x.mean() - y.mean()) ** 2)


def test_ccc_is_lins_of_all_utterances_together():
    random = np.random.default_rng(5)
    truth = random.random((40, 3))
    values = 0.2 + 0.5 * truth + random.normal(0, 0.1, truth.shape)
    answers = Answers(np.repeat(np.arange(4), 10), 4, truth=truth, values=values)
    wanted = [ccc_of(truth[:, at], values[:, at]) for at in range(3)]
    found = [float(metrics.get(f"ccc_{name}").total(answers)) for name in ("valence", "arousal", "dominance")]
    assert found == pytest.approx(wanted)
    assert metrics.get("ccc").total(answers) == pytest.approx(np.mean(wanted))


def test_ccc_of_reversed_equal_and_constant_values():
    truth = np.linspace(0, 1, 9)[:, None].repeat(3, axis=1)
    group = np.zeros(9, np.int64)
    ccc = metrics.get("ccc")
    assert ccc.total(Answers(group, 1, truth=truth, values=truth)) == pytest.approx(1)
    assert ccc.total(Answers(group, 1, truth=truth, values=1 - truth)) == pytest.approx(-1)
    assert ccc.total(Answers(group, 1, truth=truth, values=np.full_like(truth, 0.5))) == pytest.approx(0)


def test_a_dimension_that_nobody_judged_is_left_out_of_the_mean():
    truth = np.linspace(0, 1, 9)[:, None].repeat(3, axis=1)
    values = np.column_stack([truth[:, 0], 1 - truth[:, 1], truth[:, 2]])
    truth[:, 2] = np.nan
    answers = Answers(np.zeros(9, np.int64), 1, truth=truth, values=values)
    assert metrics.get("ccc").total(answers) == pytest.approx(0)
    assert np.isnan(metrics.get("ccc_dominance").total(answers))


@pytest.mark.parametrize("scale", [IDENTITY, LOGIT, FISHER_Z], ids=lambda scale: scale.name)
@given(x=st.floats(0.01, 0.99))
def test_scales_can_be_undone_and_their_slope_is_the_derivative(scale, x):
    assert scale.inverse(scale.forward(x)) == pytest.approx(x)
    step = 1e-6
    slope = (scale.forward(x + step) - scale.forward(x - step)) / (2 * step)
    assert scale.slope(x) == pytest.approx(slope, rel=1e-4)
