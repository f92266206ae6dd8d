import numpy as np
import pytest
from fixtures.planted import DIMS, answers, as_source, labelled_of, planted, recall

from zoo import methods
from zoo.errors import ZooError
from zoo.methods.contract import Seen


def _shift():
    return 4.0 * np.random.default_rng(9).normal(size=DIMS)


def _target(**changes):
    return planted(2, shift=_shift(), **changes)


def _of(labels, unlabelled=False):
    return methods.build("few_shot", {"labels": labels, "unlabelled": unlabelled})


def _seen(target, labelled, unlabelled=False):
    return Seen(
        embeddings=target.embeddings if unlabelled else None,
        labelled=target.embeddings[labelled],
        labels=target.labels[labelled],
    )


@pytest.mark.parametrize("per_class", [1, 5, 10])
@pytest.mark.parametrize("unlabelled", [False, True])
def test_labels_recover_a_target_that_was_recorded_otherwise(per_class, unlabelled):
    source, target = as_source(planted(1)), _target()
    labelled, asked = labelled_of(target, per_class)
    before = recall(source.head(target.embeddings[asked]), target.labels[asked])
    found = answers(_of(per_class, unlabelled), source, _seen(target, labelled, unlabelled), target.embeddings[asked])
    assert before < 0.5
    assert recall(found, target.labels[asked]) > 0.75


def test_more_labels_teach_what_the_source_says_wrongly():
    """Two classes have changed places: no shift explains it."""
    source, target = as_source(planted(1, per_class=4)), planted(2, per_class=120)
    swapped = np.array([1, 0, 2])[target.labels]
    few, asked = labelled_of(target, 1)
    many, _ = labelled_of(target, 100)
    by_few, by_many = (
        answers(_of(1), source, Seen(labelled=target.embeddings[rows], labels=swapped[rows]), target.embeddings[asked])
        for rows in (few, many)
    )
    assert recall(by_few, swapped[asked]) < 0.5
    assert recall(by_many, swapped[asked]) > 0.85


def test_unlabelled_utterances_help_beside_labels_of_one_unusual_speaker():
    source, target = as_source(planted(1)), _target(speakers=12)
    target.embeddings[target.speakers == target.speakers[0]] += 1.5 * np.random.default_rng(4).normal(size=DIMS)
    labelled, asked = labelled_of(target, 2)
    alone, both = (
        recall(
            answers(_of(2, more), source, _seen(target, labelled, more), target.embeddings[asked]), target.labels[asked]
        )
        for more in (False, True)
    )
    assert both > alone + 0.05


def test_unlabelled_utterances_of_skewed_classes_do_no_harm():
    source, target = as_source(planted(1)), _target(weights={0: 5})
    labelled, asked = labelled_of(target, 5)
    found = answers(_of(5, True), source, _seen(target, labelled, True), target.embeddings[asked])
    assert recall(found, target.labels[asked]) > 0.8


def test_each_answer_is_of_its_utterance_alone():
    source, target = as_source(planted(1)), _target()
    labelled, asked = labelled_of(target, 5)
    answer = _of(5).fit(source, _seen(target, labelled), np.random.default_rng(0))
    whole = answer(target.embeddings[asked], None)
    np.testing.assert_allclose(answer(target.embeddings[asked[7:8]], None), whole[7:8], rtol=1e-9)
    np.testing.assert_allclose(whole.sum(axis=1), 1)


def test_a_class_without_labels_is_answered_still():
    source, target = as_source(planted(1)), _target()
    labelled, asked = labelled_of(target, 5)
    labelled = labelled[target.labels[labelled] != 2]
    found = answers(_of(5), source, _seen(target, labelled), target.embeddings[asked])
    assert recall(found, target.labels[asked]) > 0.7


def test_a_class_that_the_source_lacks_is_learnt_from_labels():
    source, target = as_source(planted(1, classes=(0, 1))), _target()
    labelled, asked = labelled_of(target, 10)
    found = answers(_of(10), source, _seen(target, labelled), target.embeddings[asked])
    assert recall(found, target.labels[asked]) > 0.7


@pytest.mark.parametrize("unlabelled", [False, True])
def test_a_class_that_nobody_has_is_never_answered(unlabelled):
    source, target = as_source(planted(1), num_classes=4), _target()
    labelled, asked = labelled_of(target, 1)
    found = answers(_of(1, unlabelled), source, _seen(target, labelled, unlabelled), target.embeddings[asked])
    assert (found[:, 3] == 0).all() and np.isfinite(found).all()


def test_source_speakers_of_one_class_each_keep_the_differences_of_classes():
    one = planted(1, speakers=9)
    classes_of = {name: number % 3 for number, name in enumerate(np.unique(one.speakers))}
    kept = one.labels == np.array([classes_of[name] for name in one.speakers])
    source = as_source(type(one)(one.embeddings[kept], one.labels[kept], one.speakers[kept]))
    target = _target()
    labelled, asked = labelled_of(target, 5)
    found = answers(_of(5), source, _seen(target, labelled), target.embeddings[asked])
    assert recall(found, target.labels[asked]) > 0.7


def test_numbers_that_never_change_and_fewer_utterances_than_numbers_are_no_obstacle():
    one, target = planted(1, speakers=2, per_class=2), _target()
    one.embeddings[:, 5] = 7.0
    labelled, asked = labelled_of(target, 1)
    found = answers(_of(1, True), as_source(one), _seen(target, labelled, True), target.embeddings[asked])
    assert np.isfinite(found).all()


def test_what_it_sees_is_stated():
    assert _of(5).sights.text == "5 labels a class"
    assert _of(5, True).sights.text == "unlabelled utterances, 5 labels a class"
    with pytest.raises(ZooError, match="labels = 0"):
        _of(0)
