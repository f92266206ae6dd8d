"""The figures, against ones worked out by hand, and the laws that they keep."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from zoo.metrics import confusion as metrics

# labels:       a a a a | b b b | c      predictions: a a a b | b b c | a
MATRIX = np.array([[3, 1, 0], [0, 2, 1], [1, 0, 0]])
OVERALL = (metrics.uar, metrics.macro_f1, metrics.weighted_f1, metrics.accuracy)
matrices = arrays(np.int64, (4, 4), elements=st.integers(0, 30))


def test_figures_worked_out_by_hand():
    assert metrics.uar(MATRIX) == pytest.approx((3 / 4 + 2 / 3 + 0) / 3)
    assert metrics.accuracy(MATRIX) == pytest.approx(5 / 8)
    assert metrics.precisions(MATRIX) == pytest.approx([3 / 4, 2 / 3, 0])
    assert metrics.f1s(MATRIX) == pytest.approx([3 / 4, 2 / 3, 0])
    assert metrics.macro_f1(MATRIX) == pytest.approx((3 / 4 + 2 / 3) / 3)
    assert metrics.weighted_f1(MATRIX) == pytest.approx((4 * 3 / 4 + 3 * 2 / 3) / 8)


def test_confusion_counts_labels_in_rows():
    found = metrics.confusion(np.array([0, 0, 1, 2]), np.array([0, 1, 1, 0]), 3)
    assert found.tolist() == [[1, 1, 0], [0, 1, 0], [1, 0, 0]]


def test_a_class_without_utterances_does_not_lower_the_uar():
    assert metrics.uar(np.array([[5, 0, 5], [0, 10, 0], [0, 0, 0]])) == pytest.approx(0.75)


def test_a_class_that_is_never_predicted_has_precision_zero():
    assert metrics.precisions(np.array([[4, 0], [2, 0]])).tolist() == pytest.approx([4 / 6, 0])


def test_no_utterances_give_no_figure():
    empty = np.zeros((3, 3), np.int64)
    assert all(np.isnan(metric(empty)) for metric in OVERALL)


@given(matrices, st.permutations(range(4)))
def test_the_order_of_classes_changes_nothing(matrix, order):
    shuffled = matrix[np.ix_(order, order)]
    for metric in OVERALL:
        np.testing.assert_allclose(metric(shuffled), metric(matrix), atol=1e-12)


@given(matrices, st.lists(st.integers(1, 5), min_size=4, max_size=4))
def test_uar_does_not_see_how_frequent_a_class_is(matrix, times):
    np.testing.assert_allclose(metrics.uar(matrix * np.array(times)[:, None]), metrics.uar(matrix), atol=1e-12)


@given(matrices)
def test_figures_lie_between_0_and_1_and_many_at_once_equal_one_by_one(matrix):
    pair = np.stack([matrix, matrix + 1])
    for metric in OVERALL:
        both = metric(pair)
        assert np.all((both[~np.isnan(both)] >= 0) & (both[~np.isnan(both)] <= 1 + 1e-12))
        np.testing.assert_allclose(both, [metric(matrix), metric(matrix + 1)])
