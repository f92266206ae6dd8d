"""Stress: targets of which little is seen, with skewed classes, and with one emotion per speaker."""

import numpy as np
import pytest

from zoo.scoring.stress import FEW, FEW_DRAWS, as_is, one_emotion, skewed, stresses

LABELS = np.tile(np.repeat([0, 1, 2], [10, 20, 30]), 4)
SPEAKERS = np.repeat(["a", "b", "c", "d"], 60)


def by_name(name, labels=LABELS, speakers=SPEAKERS):
    return [one for one in stresses(labels, speakers, seed=1) if one.name == name]


def test_few_utterances_are_seen_and_all_are_asked():
    for size in FEW:
        found = by_name(f"few={size}")
        assert [one.draw for one in found] == list(range(FEW_DRAWS))
        assert all(len({*one.seen}) == size and len(one.asked) == len(LABELS) for one in found)
        assert len({tuple(one.seen) for one in found}) == FEW_DRAWS
    assert not [one for one in stresses(LABELS[:8], SPEAKERS[:8], 1) if one.name.startswith("few")]


@pytest.mark.parametrize("most", [0, 1, 2])
def test_a_skewed_target_has_seventy_per_cent_of_one_class_and_the_others_alike(most):
    found = by_name("skewed")[most]
    counts = np.bincount(LABELS[found.asked], minlength=3)
    assert counts[most] / counts.sum() == pytest.approx(0.7, abs=0.02)
    others = np.delete(counts, most)
    assert others.max() - others.min() <= 1 and len({*found.asked}) == len(found.asked)
    assert found.seen.tolist() == found.asked.tolist()


def test_a_rare_class_is_skewed_with_fewer_of_the_others_and_a_common_one_with_fewer_of_its_own():
    rare = np.repeat([0, 1], [7, 1000])
    random = np.random.default_rng(0)
    assert np.bincount(rare[skewed(rare, 0, random)]).tolist() == [7, 3]
    assert np.bincount(rare[skewed(rare, 1, random)]).tolist() == [7, 16]


def test_each_class_is_absent_once():
    found = by_name("absent")
    assert [sorted({*LABELS[one.asked]}) for one in found] == [[1, 2], [0, 2], [0, 1]]


def test_every_speaker_has_one_emotion_in_a_draw_and_each_in_one_of_the_draws():
    found = by_name("one_emotion")
    for one in found:
        assert all(len({*LABELS[one.asked][SPEAKERS[one.asked] == name]}) == 1 for name in "abcd")
    assert sorted(row for one in found for row in one.asked) == list(range(len(LABELS)))
    assert len({*LABELS[found[0].asked]}) > 1  # not of all speakers the same


def test_a_draw_in_which_nobody_has_the_class_is_left_out():
    labels, speakers = np.array([0, 0, 1]), np.array(["a", "a", "b"])
    assert all(len(one.asked) for one in one_emotion(labels, speakers, 1))


def test_stresses_are_always_the_same_and_others_for_another_cell():
    again = [[one.asked.tolist(), one.seen.tolist()] for one in stresses(LABELS, SPEAKERS, 1)]
    assert again == [[one.asked.tolist(), one.seen.tolist()] for one in stresses(LABELS, SPEAKERS, 1)]
    assert again != [[one.asked.tolist(), one.seen.tolist()] for one in stresses(LABELS, SPEAKERS, 2)]
    assert len(as_is(5).asked) == len(as_is(5).seen) == 5
