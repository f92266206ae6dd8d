"""Heads that are fitted at once: a planted cue is found, the classes weigh the same, the release is a linear layer."""

from pathlib import Path

import numpy as np
import pytest

from zoo import architectures
from zoo.architectures.svm import Hyperparameters, solve


@pytest.fixture
def rows():
    random = np.random.default_rng(1)
    labels = np.repeat([0, 1, 3], [60, 20, 20])  # class 2 does not occur
    matrix = random.normal(size=(100, 5))
    matrix[np.arange(100), labels] += 3
    return matrix, np.eye(4)[labels], labels


def test_a_planted_cue_is_found_and_a_class_that_does_not_occur_is_never_answered(rows):
    matrix, shares, labels = rows
    weight, bias = solve(Hyperparameters(c=0.1), matrix, shares, seed=0)
    answered = (matrix @ weight.T + bias).argmax(axis=1)
    assert np.mean(answered == labels) > 0.9 and 2 not in answered


def test_of_two_classes_the_difference_of_the_outputs_is_the_value_of_the_one_machine(rows):
    from sklearn.svm import LinearSVC

    matrix, _, labels = rows
    some = labels != 3
    weight, bias = solve(Hyperparameters(c=0.1), matrix[some], np.eye(2)[labels[some]], seed=0)
    outputs = matrix[some] @ weight.T + bias
    own = LinearSVC(C=0.1, dual=True, class_weight="balanced", random_state=0, max_iter=20_000)
    own.fit(matrix[some], labels[some])
    np.testing.assert_allclose(outputs[:, 1] - outputs[:, 0], own.decision_function(matrix[some]), atol=0.02)


def test_it_is_the_machine_of_scikit_learn_in_which_all_classes_have_the_same_weight(rows):
    from sklearn.svm import LinearSVC

    matrix, shares, labels = rows
    weight, _ = solve(Hyperparameters(c=0.1), matrix, shares, seed=0)
    own = LinearSVC(C=0.1, dual=True, random_state=0, max_iter=20_000)
    own.fit(matrix, labels, sample_weight=100 / (3 * np.bincount(labels)[labels]))
    np.testing.assert_allclose(weight[[0, 1, 3]], own.coef_, atol=0.01)


def test_one_class_only_is_always_answered(rows):
    weight, bias = solve(Hyperparameters(), rows[0], np.eye(3)[np.ones(100, dtype=int)], seed=0)
    assert (rows[0] @ weight.T + bias).argmax(axis=1).tolist() == [1] * 100


def test_an_utterance_of_two_classes_counts_for_both(rows):
    matrix, shares, _ = rows
    doubtful = shares.copy()
    doubtful[:30] = (0.5, 0.5, 0, 0)
    assert not np.allclose(
        solve(Hyperparameters(), matrix, shares, 0)[0], solve(Hyperparameters(), matrix, doubtful, 0)[0]
    )


def test_every_network_of_a_head_that_is_fitted_has_nothing_to_train():
    for name in architectures.names():
        one = architectures.get(name)
        if one.solve is not None:
            assert not list(one.network(5, one.hyperparameters()).parameters())


def test_the_factor_on_the_outputs_makes_the_answers_to_dev_speakers_most_probable():
    from fixtures.trainings import recipe

    from zoo.study import params
    from zoo.training.batches import Examples
    from zoo.training.solved import scored

    study = params.load(Path(__file__).parents[2] / "studies/embedded.yaml")
    random = np.random.default_rng(3)
    logits = 3 * random.normal(size=(4000, 3))
    labels = [random.choice(3, p=np.exp(row) / np.exp(row).sum()) for row in logits]
    dev = Examples(None, [str(number) for number in range(4000)], np.eye(3, dtype=np.float32)[labels])
    wanted = recipe(study, "svm")
    score, scale, loss = scored(wanted, (0.05 * logits).astype(np.float32), dev)
    assert scale == pytest.approx(20, rel=0.1)
    again, one, least = scored(wanted, (0.05 * scale * logits).astype(np.float32), dev)
    assert again == score and one == pytest.approx(1, rel=0.01) and least == pytest.approx(loss, abs=1e-4)
