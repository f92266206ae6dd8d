import numpy as np
import pytest
from fixtures.planted import DIMS, answers, as_source, planted, recall

from zoo import methods
from zoo.methods.contract import Seen
from zoo.methods.instance_weighting import flattened, weights_of

CONTROLS = ["adversarial", "instance_weighting", "subspace_alignment"]


def _answered(name, source, target, **options):
    return answers(methods.build(name, options), source, Seen(embeddings=target.embeddings), target.embeddings)


@pytest.mark.parametrize("name", CONTROLS)
def test_controls_stand_beside_the_ladder_and_see_unlabelled_utterances(name):
    found = methods.build(name, {})
    assert found.control and found.sights.text == "unlabelled utterances"


@pytest.mark.parametrize("name", CONTROLS)
def test_they_answer_about_a_target_like_the_source(name):
    target = planted(2)
    assert recall(_answered(name, as_source(planted(1)), target), target.labels) > 0.75


@pytest.mark.parametrize("name", CONTROLS)
def test_equal_seeds_give_equal_bits_and_answers_are_of_their_utterance_alone(name):
    source, target = as_source(planted(1)), planted(2, shift=np.full(DIMS, 0.5))
    answer = methods.build(name, {}).fit(source, Seen(embeddings=target.embeddings), np.random.default_rng(0))
    whole = answer(target.embeddings, None)
    np.testing.assert_array_equal(_answered(name, source, target), whole)
    np.testing.assert_allclose(answer(target.embeddings[3:4], None), whole[3:4], rtol=1e-9)
    np.testing.assert_allclose(whole.sum(axis=1), 1)


@pytest.mark.parametrize("name", CONTROLS)
def test_a_class_that_the_source_lacks_and_numbers_that_never_change_are_no_obstacle(name):
    one, target = planted(1, classes=(0, 1)), planted(2)
    one.embeddings[:, 4] = 7.0
    found = _answered(name, as_source(one), target)
    assert np.isfinite(found).all() and (found[:, 2] == 0).all()


@pytest.mark.parametrize("name", CONTROLS)
def test_few_utterances_are_enough_to_run(name):
    method = methods.build(name, {})
    source, target = as_source(planted(1, speakers=2, per_class=2)), planted(2)
    few = target.embeddings[:: len(target.embeddings) // method.fewest][: method.fewest]
    assert np.isfinite(answers(method, source, Seen(embeddings=few), target.embeddings)).all()


def test_subspace_alignment_recovers_a_shift_and_collapses_where_classes_are_skewed():
    shift = 4.0 * np.random.default_rng(9).normal(size=DIMS)
    source = as_source(planted(1))
    even, skewed = planted(2, shift=shift), planted(2, shift=shift, classes=(0, 1), weights={0: 8})
    found = [recall(_answered("subspace_alignment", source, one), one.labels) for one in (even, skewed)]
    assert recall(source.head(even.embeddings), even.labels) < 0.5
    assert found[0] > 0.75 and found[1] < found[0] - 0.1


def test_weights_find_the_part_of_the_source_that_is_like_the_target_but_not_a_shift():
    rng = np.random.default_rng(0)
    source = np.concatenate([rng.normal(size=(200, 4)), rng.normal(loc=2.0, size=(200, 4))])
    weights = weights_of(source, rng.normal(loc=2.0, size=(100, 4)), 0.3)
    assert weights[200:].mean() > 5 * weights[:200].mean()
    shift = 4.0 * np.random.default_rng(9).normal(size=DIMS)
    target = planted(2, shift=shift)
    assert recall(_answered("instance_weighting", as_source(planted(1)), target), target.labels) < 0.5


@pytest.mark.parametrize("least", [0.1, 0.5, 1.0])
def test_a_share_of_the_source_counts_even_where_one_utterance_would_have_all_weight(least):
    weights = flattened(np.array([500.0, *np.linspace(0, 1, 99)]), least)
    assert weights.sum() ** 2 / (weights**2).sum() / 100 == pytest.approx(least, abs=0.01)
