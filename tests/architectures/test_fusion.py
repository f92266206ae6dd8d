"""Fusion: the weighted sum of the log-probabilities of two heads that are fitted apart, in one linear layer."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.special import log_softmax

from zoo import architectures
from zoo.architectures import layer_ridge, logistic, ridge, svm
from zoo.architectures.fusion import HEADS, Hyperparameters, Network, solve

LAYERS, DIM, OTHER = 5, 4, 9
SPLIT = LAYERS * 2 * DIM
SETTINGS = Hyperparameters(weight=0.6, c_a=3e-3, c_b=1e-2, split=SPLIT, encoder="first", num_layers=LAYERS)


@pytest.fixture
def rows():
    """Rows of a joined input and shares of four classes, of which class 2 does not occur."""
    random = np.random.default_rng(1)
    labels = np.repeat([0, 1, 3], [60, 30, 30])
    matrix = random.normal(size=(120, SPLIT + OTHER))
    for first in (SPLIT // 2, SPLIT):
        matrix[np.arange(120), first + labels] += 1
    return matrix, np.eye(4)[labels]


def embedded(settings, matrix):
    network = Network(matrix.shape[1], settings).double()
    return network(torch.from_numpy(matrix)[:, None], torch.ones(len(matrix), dtype=torch.long)).numpy()


def answers(head, embeddings):
    """Outputs for the classes that occur."""
    weight, bias = head
    return (embeddings @ weight.T + bias)[:, [0, 1, 3]]


def on_one_scale(outputs):
    return outputs / (outputs - outputs.mean(axis=1, keepdims=True)).std()


def apart(matrix, shares, settings):
    """Log-probabilities of layer_ridge on the first part and of an SVM on the second one, each fitted alone."""
    architecture = layer_ridge.ARCHITECTURE
    given = {name: getattr(settings, name) for name in ("first", "last", "pooling", "num_layers")}
    network = architecture.network(SPLIT, architecture.settings(given)).double()
    a = network(torch.from_numpy(matrix[:, None, :SPLIT]), torch.ones(len(matrix))).numpy()
    own = architecture.settings(given | {"alpha": 1 / (2 * settings.c_a * a.shape[1])})
    head_a = architecture.solve(own, a, shares, 0)
    b = matrix[:, SPLIT:]
    head_b = svm.solve(svm.Hyperparameters(settings.c_b), b, shares, 0)
    return [log_softmax(on_one_scale(answers(*one)), axis=1) for one in ((head_a, a), (head_b, b))]


@pytest.mark.parametrize("weight", [0.0, 0.3, 0.6, 1.0])
@pytest.mark.parametrize(("first", "pooling"), [(0.5, "mean_std"), (0.25, "mean")])
def test_it_answers_the_weighted_sum_of_the_log_probabilities_of_two_models(rows, weight, first, pooling):
    matrix, shares = rows
    settings = replace(SETTINGS, weight=weight, first=first, pooling=pooling)
    embeddings = embedded(settings, matrix)
    found = log_softmax(answers(solve(settings, embeddings, shares, 0), embeddings), axis=1)
    a, b = apart(matrix, shares, settings)
    wanted = log_softmax(weight * a + (1 - weight) * b, axis=1)
    np.testing.assert_allclose(found, wanted, atol=1e-5)


def test_with_all_weight_on_a_part_the_other_one_is_not_heard(rows):
    matrix, shares = rows
    embeddings = embedded(SETTINGS, matrix)
    size = embeddings.shape[1] - OTHER
    assert not solve(replace(SETTINGS, weight=1.0), embeddings, shares, 0)[0][:, size:].any()
    assert not solve(replace(SETTINGS, weight=0.0), embeddings, shares, 0)[0][:, :size].any()


def test_a_part_of_larger_outputs_has_no_larger_share(rows):
    """The penalty decides how large a head's outputs are: after scaling they are alike."""
    matrix, shares = rows
    for c in (1e-5, 1e-1):
        settings = replace(SETTINGS, c_a=c, weight=1.0)
        embeddings = embedded(settings, matrix)
        outputs = answers(solve(settings, embeddings, shares, 0), embeddings)
        assert (outputs - outputs.mean(axis=1, keepdims=True)).std() == pytest.approx(1)


def test_the_layers_of_the_second_part_are_chosen_where_it_is_the_encoders(rows):
    matrix, _ = rows
    turned = np.concatenate([matrix[:, SPLIT:], matrix[:, :SPLIT]], axis=1)
    settings = replace(SETTINGS, split=OTHER, encoder="second")
    found, wanted = embedded(settings, turned), embedded(SETTINGS, matrix)
    size = wanted.shape[1] - OTHER
    assert np.array_equal(found, np.concatenate([wanted[:, size:], wanted[:, :size]], axis=1))
    both = replace(SETTINGS, encoder="neither")
    assert np.array_equal(embedded(both, matrix), matrix)


def test_a_class_that_does_not_occur_is_never_answered_and_one_alone_always(rows):
    matrix, shares = rows
    embeddings = embedded(SETTINGS, matrix)
    weight, bias = solve(SETTINGS, embeddings, shares, 0)
    outputs = embeddings @ weight.T + bias
    assert np.isfinite(outputs).all() and (outputs[:, 2] < outputs.min(axis=1) + 1).all()
    weight, bias = solve(SETTINGS, embeddings, np.eye(4)[np.ones(120, dtype=int)], 0)
    assert ((embeddings @ weight.T + bias).argmax(axis=1) == 1).all()


@pytest.mark.parametrize("head", list(HEADS))
def test_each_head_has_the_penalty_that_its_own_architecture_has(rows, head):
    matrix, shares = rows
    c, size = 3e-3, matrix.shape[1]
    alone = {
        "logistic": (logistic, logistic.Hyperparameters(c)),
        "ridge": (ridge, ridge.Hyperparameters(1 / (2 * c * size))),
        "svm": (svm, svm.Hyperparameters(c)),
    }
    module, settings = alone[head]
    for found, wanted in zip(HEADS[head](c, matrix, shares, 0), module.solve(settings, matrix, shares, 0), strict=True):
        assert np.array_equal(found, wanted)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"head_a": "rigde"}, "head_a = 'rigde': one of logistic, ridge, svm"),
        ({"weight": 1.5}, "weight = 1.5: 0 to 1"),
        ({"c_b": 0.0}, "c_a and c_b are greater than 0"),
        ({"encoder": "third"}, "encoder = 'third'"),
        ({"pooling": "max"}, "pooling = 'max'"),
    ],
)
def test_hyperparameters_that_are_none_are_named(changes, message):
    with pytest.raises(ValueError, match=message):
        architectures.build("fusion", vars(SETTINGS) | changes, SPLIT + OTHER, 4)
