"""Losses, targets and scores of tasks against values computed by hand, and by torch and scipy."""

import numpy as np
import pytest
import torch
from fixtures.answers import CLASSES, outputs, utterances, votes
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import jensenshannon
from scipy.special import logit

from zoo import tasks
from zoo.errors import ZooError
from zoo.tasks import dimensional, soft
from zoo.tasks.classes import balanced, cross_entropy, divergences, one_hot, unweighted_average_recall

NAN = float("nan")


def built(name, **entry):
    return tasks.build(entry, name, CLASSES)


def loss_of(task, found, targets, training=None):
    found, targets = np.float32(found), np.float32(targets)
    loss = task.loss(targets if training is None else np.float32(training))
    return float(loss(torch.from_numpy(found), torch.from_numpy(targets)))


def of_classes(*numbers):
    return np.eye(3, dtype=np.float32)[list(numbers)]


def test_classes_weigh_the_same_however_often_they_occur():
    np.testing.assert_allclose(balanced(of_classes(0, 0, 0, 0, 0, 0, 2, 2)), [8 / 18, 0, 8 / 6], rtol=1e-6)
    shares = np.float32([[0.5, 0.5, 0], [1, 0, 0]])
    np.testing.assert_allclose(balanced(shares), [2 / 4.5, 2 / 1.5, 0], rtol=1e-6)


def test_the_loss_of_a_sure_an_unsure_and_a_wrong_answer():
    """-log of 0.8, 0.5 and 0.1."""
    shares = np.log([[0.8, 0.1, 0.1], [0.25, 0.5, 0.25], [0.1, 0.45, 0.45]])
    targets = of_classes(0, 1, 0)
    plain = built("categorical", class_weights=False)
    assert loss_of(plain, shares, targets) == pytest.approx((0.22314 + 0.69315 + 2.30259) / 3, abs=1e-4)
    # class 0 occurs twice: 3 / (3 * 2) each, class 1 once: 1
    weighted = (0.5 * 0.22314 + 0.69315 + 0.5 * 2.30259) / 2
    assert loss_of(built("categorical"), shares, targets) == pytest.approx(weighted, abs=1e-4)
    focal = (0.2**2 * 0.22314 + 0.5**2 * 0.69315 + 0.9**2 * 2.30259) / 3
    assert loss_of(built("categorical", class_weights=False, focal=2.0), shares, targets) == pytest.approx(
        focal, abs=1e-4
    )
    # a tenth of each target goes to all three classes alike
    first = -(0.9 * np.log(0.8) + 0.1 / 3 * np.log([0.8, 0.1, 0.1]).sum())
    smooth = built("categorical", class_weights=False, label_smoothing=0.1)
    assert loss_of(smooth, shares[:1], targets[:1]) == pytest.approx(first, abs=1e-4)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 999), number=st.integers(1, 30), smoothing=st.sampled_from([0.0, 0.1, 0.5]))
@pytest.mark.parametrize("weighted", [False, True])
def test_the_cross_entropy_of_labels_is_that_of_torch(weighted, seed, number, smoothing):
    random = np.random.default_rng(seed)
    found, classes = random.normal(size=(number, 3)).astype(np.float32), random.integers(3, size=number)
    weights = random.uniform(0.2, 3, size=3).astype(np.float32) if weighted else None
    wanted = torch.nn.functional.cross_entropy(
        torch.from_numpy(found),
        torch.from_numpy(classes),
        weight=None if weights is None else torch.from_numpy(weights),
        label_smoothing=smoothing,
    )
    own = cross_entropy(weights, smoothing, 0.0)(torch.from_numpy(found), torch.from_numpy(of_classes(*classes)))
    assert float(own) == pytest.approx(float(wanted), rel=1e-4, abs=1e-6)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 999))
def test_the_cross_entropy_of_distributions_is_that_of_torch(seed):
    random = np.random.default_rng(seed)
    found = torch.from_numpy(random.normal(size=(8, 3)).astype(np.float32))
    targets = torch.from_numpy(random.dirichlet([1, 1, 1], size=8).astype(np.float32))
    wanted = torch.nn.functional.cross_entropy(found, targets)
    assert float(cross_entropy(None, 0.0, 0.0)(found, targets)) == pytest.approx(float(wanted), rel=1e-4)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 999))
def test_no_answer_to_a_distribution_is_better_than_the_distribution_however_classes_weigh(seed):
    random = np.random.default_rng(seed)
    target = random.dirichlet([1, 1, 1]).astype(np.float32)[None]
    loss = cross_entropy(np.float32([0.2, 1, 5]), 0.0, 0.0)
    best = float(loss(torch.from_numpy(np.log(target + 1e-9)), torch.from_numpy(target)))
    for _ in range(10):
        other = np.log(target + 1e-9) + random.normal(scale=0.5, size=3).astype(np.float32)
        assert float(loss(torch.from_numpy(other.astype(np.float32)), torch.from_numpy(target))) >= best - 1e-5


def test_a_label_outside_of_the_classes_has_no_target():
    rows = utterances(4).with_columns(label=utterances(4)["label"].replace("fear", "boredom"))
    assert np.isnan(one_hot(rows["label"], CLASSES)).all(axis=1).tolist() == [False, True, False, False]


def test_uar_is_the_mean_recall_of_the_classes_that_occur():
    found = np.float32([[1, 0, 0]] * 4)
    assert unweighted_average_recall(found, of_classes(0, 0, 0, 2)) == 0.5  # all of class 0, none of class 2
    assert unweighted_average_recall(found, np.full((4, 3), NAN, np.float32)) == 0


def targets_of(given_votes, source="raters", wanted="by_label_source", **changes):
    rows = utterances(1, votes=given_votes, label_source=source, **changes)
    return built("soft", votes=wanted).targets(rows)[0].tolist()


@pytest.mark.parametrize(
    ("counts", "shares"),
    [
        ({"anger": 3, "fear": 1}, [0.75, 0.25, 0]),
        ({"anger": 2, "neutral": 2}, [0.5, 0, 0.5]),  # a tie has no label, but a distribution
        ({"fear": 4}, [0, 1, 0]),
        ({"anger": 1, "fear": 0, "neutral": 4}, [0.2, 0, 0.8]),
        ({"anger": 1, "sadness": 3}, [1, 0, 0]),  # sadness is none of this corpus's classes
        ({"sadness": 3}, [NAN] * 3),
        ({}, [NAN] * 3),
    ],
)
def test_soft_targets_are_the_shares_of_the_votes(counts, shares):
    np.testing.assert_allclose(targets_of(votes(**counts)), shares, rtol=1e-6)


def test_votes_for_what_the_scheme_leaves_out_are_not_counted():
    """core4 has no boredom."""
    given_votes = votes(anger=1, boredom=3, neutral=1)
    np.testing.assert_allclose(targets_of(given_votes, scheme="core4"), [0.5, 0, 0.5])


def test_votes_count_that_chose_the_label_or_those_that_are_asked_for():
    both = [{"source": source, "label": word, "count": 2.0} for source, word in (("voice", "anger"), ("both", "fear"))]
    assert targets_of(both, "crowd_audio") == [1, 0, 0]
    assert targets_of(both, "crowd_multimodal") == [0, 1, 0]
    assert np.isnan(targets_of(both, "acted")).all()  # nobody voted for what an actor was asked for
    assert targets_of(both, "acted", wanted="voice") == [1, 0, 0]
    assert np.isnan(targets_of(both, "raters")).all()
    assert np.isnan(targets_of(None, "raters")).all()


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 999), classes=st.integers(2, 8))
def test_the_jensen_shannon_divergence_is_that_of_scipy(seed, classes):
    random = np.random.default_rng(seed)
    one, other = random.dirichlet([0.3] * classes, size=(2, 5))
    wanted = [jensenshannon(p, q, base=2) ** 2 for p, q in zip(one, other, strict=True)]
    np.testing.assert_allclose(divergences(one, other), wanted, atol=1e-6)
    np.testing.assert_allclose(divergences(one, one), 0, atol=1e-9)


def test_the_score_of_distributions_is_one_less_the_mean_distance():
    targets = np.float32([[1, 0, 0], [0.5, 0.5, 0], [NAN] * 3])
    found = np.float32(np.log([[0.2, 0.4, 0.4], [0.5, 0.5, 1e-9], [1, 1, 1]]))
    wanted = 1 - (jensenshannon([1, 0, 0], [0.2, 0.4, 0.4], base=2) + 0) / 2
    assert soft.dev_score(found, targets) == pytest.approx(wanted, abs=1e-3)


# of 0.2, 0.4, 0.6 and 0.1, 0.5, 0.9: 2 * 0.053333 / (0.026667 + 0.106667 + 0.01)
CCC = 0.744186


def test_the_concordance_loss_and_score_of_three_utterances():
    one = np.stack([logit([0.2, 0.4, 0.6])] * 3, axis=1).astype(np.float32)
    targets = np.stack([[0.1, 0.5, 0.9]] * 3, axis=1).astype(np.float32)
    assert loss_of(built("dimensional"), one, targets) == pytest.approx(1 - CCC, abs=1e-4)
    assert dimensional.dev_score(one, targets) == pytest.approx(CCC, abs=1e-4)
    assert dimensional.dev_score(-one, 1 - targets) == pytest.approx(CCC, abs=1e-4)
    assert dimensional.dev_score(one[::-1], targets) == pytest.approx(-CCC, abs=1e-4)


def test_a_dimension_that_was_not_rated_counts_for_nothing():
    one = np.stack([logit([0.2, 0.4, 0.6]), [0, 1, 2], [2, 1, 0]], axis=1).astype(np.float32)
    targets = np.float32([[0.1, NAN, NAN], [0.5, NAN, 0.3], [0.9, NAN, NAN]])
    assert loss_of(built("dimensional"), one, targets) == pytest.approx(1 - CCC, abs=1e-4)
    assert dimensional.dev_score(one, targets) == pytest.approx(CCC, abs=1e-4)


def test_ratings_without_variance_have_a_finite_loss():
    task, targets = built("dimensional"), np.full((4, 3), 0.5, np.float32)
    values = torch.zeros(4, 3, requires_grad=True)
    task.loss(targets)(values, torch.from_numpy(targets)).backward()
    assert values.grad.isfinite().all()
    assert np.isfinite(dimensional.dev_score(np.zeros((4, 3), np.float32), targets))


PARTS = {"categorical": {}, "dimensional": {"weight": 0.5}, "sex": {"weight": 0.25}}


def test_the_loss_of_several_tasks_is_the_weighted_sum_of_theirs():
    rows = utterances(20)
    task = built("multitask", parts=PARTS)
    found, targets = outputs(rows, task.num_outputs), task.targets(rows)
    spans = {"categorical": slice(0, 3), "dimensional": slice(3, 6), "sex": slice(6, 8)}
    total = 0.0
    for name, part in PARTS.items():
        one = built(name)
        assert np.array_equal(one.targets(rows), targets[:, spans[name]])
        total += part.get("weight", 1.0) * loss_of(one, found[:, spans[name]], targets[:, spans[name]])
    assert loss_of(task, found, targets) == pytest.approx(total, rel=1e-5)


def test_the_score_of_several_tasks_ignores_what_only_helps():
    rows = utterances(20)
    task = built("multitask", parts=PARTS)
    found, targets = outputs(rows, task.num_outputs), task.targets(rows)
    score = task.dev_score(found, targets)
    found[:, 6:] = -found[:, 6:]
    assert task.dev_score(found, targets) == score
    assert task.dev_measure == "UAR and CCC"
    wanted = unweighted_average_recall(found[:, :3], targets[:, :3]) + 0.5 * dimensional.dev_score(
        found[:, 3:6], targets[:, 3:6]
    )
    assert score == pytest.approx(wanted / 1.5)
    assert set(task.answers(rows, found)["task"]) == {"categorical", "dimensional"}


def test_an_utterance_is_of_use_to_those_of_several_tasks_that_know_it():
    rows = utterances(12).with_columns(label=None)
    task = built("multitask", parts=PARTS)
    found, targets = outputs(rows, task.num_outputs), task.targets(rows)
    assert np.isnan(targets[:, :3]).all() and np.isfinite(targets[:, 3:]).all()
    assert set(task.answers(rows, found)["task"]) == {"dimensional"}
    assert np.isfinite(task.dev_score(found, targets))


def test_tasks_of_which_nobody_sees_an_answer_are_refused():
    parts = {"sex": {}, "other": {}}
    with pytest.raises(ZooError, match="unknown type of task 'other'"):
        built("multitask", parts=parts)
    assert built("sex").answers is None
    from zoo.tasks.multitask import combined

    with pytest.raises(ZooError, match="no part of the multitask has answers that are scored"):
        combined([built("sex"), built("sex")], [1.0, 1.0])
