"""What every task promises: losses that can be followed down, and scores whose top is a perfect answer."""

import numpy as np
import polars as pl
import pytest
import torch
from fixtures.answers import CLASSES, ENTRIES, of_no_use, outputs, utterances
from hypothesis import given, settings
from hypothesis import strategies as st

from zoo import tasks
from zoo.errors import WRONG_USAGE, ZooError
from zoo.tables.predictions import PREDICTIONS, predictions_of
from zoo.tasks.contract import usable
from zoo.training.optimiser import AdamW

every_task = pytest.mark.parametrize("name", tasks.names())


def built(name):
    return tasks.build(ENTRIES.get(name, {}), name, CLASSES)


def loss_and_gradient(task, found, targets, training=None):
    values = torch.from_numpy(np.array(found)).requires_grad_()
    loss = task.loss(targets if training is None else training)(values, torch.from_numpy(targets))
    loss.backward()
    return float(loss.detach()), values.grad.numpy()


@every_task
def test_targets_are_numbers_of_every_utterance_that_is_of_use(name):
    task, rows = built(name), pl.concat([utterances(30), of_no_use(3)])
    targets = task.targets(rows)
    assert targets.shape == (33, task.num_outputs) and targets.dtype == np.float32
    assert usable(targets).tolist() == [True] * 30 + [False] * 3
    assert np.isfinite(targets[:30]).all() and np.isnan(targets[30:]).all()
    assert targets.flags.writeable and task.dev_measure
    assert sum(len(reading.names) for reading in task.readings) == task.num_outputs


@every_task
@settings(max_examples=20, deadline=None)
@given(number=st.integers(2, 40), seed=st.integers(0, 99), scale=st.floats(0.01, 50))
def test_a_loss_has_a_finite_gradient(name, number, seed, scale):
    task, rows = built(name), utterances(number)
    targets = task.targets(rows)
    loss, gradient = loss_and_gradient(task, scale * outputs(rows, task.num_outputs, seed), targets)
    assert np.isfinite(loss) and loss >= 0
    assert np.isfinite(gradient).all()


@every_task
@settings(max_examples=20, deadline=None)
@given(number=st.integers(4, 40), more=st.integers(1, 20), seed=st.integers(0, 99))
def test_utterances_of_no_use_change_neither_loss_nor_gradient(name, number, more, seed):
    task, rows = built(name), utterances(number)
    both = pl.concat([of_no_use(more), rows])
    targets, found = task.targets(rows), outputs(both, task.num_outputs, seed)
    alone, gradient = loss_and_gradient(task, found[more:], targets)
    together, gradients = loss_and_gradient(task, found, task.targets(both), training=task.targets(both))
    assert together == pytest.approx(alone, rel=1e-5)
    np.testing.assert_allclose(gradients[more:], gradient, rtol=1e-4, atol=1e-7)
    assert not gradients[:more].any()
    assert task.dev_score(found, task.targets(both)) == pytest.approx(task.dev_score(found[more:], targets))


@every_task
def test_a_batch_without_anything_to_learn_from_has_no_loss(name):
    task, rows = built(name), of_no_use(4)
    loss, gradient = loss_and_gradient(
        task, outputs(rows, task.num_outputs), task.targets(rows), training=task.targets(utterances(20))
    )
    assert loss == 0 and not gradient.any()


@every_task
def test_what_lowers_the_loss_all_the_way_is_a_perfect_answer(name):
    """Outputs themselves are trained, without a network."""
    task, rows = built(name), utterances(24)
    targets = task.targets(rows)
    begun = outputs(rows, task.num_outputs)
    values = torch.from_numpy(begun.copy()).requires_grad_()
    optimiser, loss = AdamW([values], lr=0.2, weight_decay=0.0), task.loss(targets)
    for _ in range(200):
        optimiser.zero_grad()
        loss(values, torch.from_numpy(targets)).backward()
        optimiser.step()
    perfect = values.detach().numpy()
    assert loss_and_gradient(task, perfect, targets)[0] < 0.9 * loss_and_gradient(task, begun, targets)[0]
    assert task.dev_score(begun, targets) < 0.9
    assert task.dev_score(perfect, targets) == pytest.approx(1, abs=0.05)


@every_task
@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 999), scale=st.floats(0, 100))
def test_no_answer_scores_higher_than_one(name, seed, scale):
    task, rows = built(name), utterances(12)
    score = task.dev_score(scale * outputs(rows, task.num_outputs, seed), task.targets(rows))
    assert -1 <= score <= 1 + 1e-6


@every_task
def test_answers_are_rows_of_the_predictions(name):
    task, rows = built(name), utterances(12)
    if task.answers is None:
        return  # it only helps: nobody sees its answers
    found = outputs(rows, task.num_outputs)
    answers = task.answers(rows, found)
    constants = dict.fromkeys(("model", "source", "target", "protocol", "fold", "sights", "trained_scheme"), "x")
    table = predictions_of(answers, seed=1, source_origin="synthetic", target_origin="synthetic", **constants)
    PREDICTIONS.check(table, "made")
    logits = [np.float32(part["logits"].to_list()) for _, part in answers.group_by("task", maintain_order=True)]
    columns = [tuple(column) for column in np.concatenate(logits, axis=1).T]
    assert columns == [tuple(column) for column in found.T][: len(columns)]  # those of what only helps come last here
    for probabilities, predicted in answers.select("probabilities", "predicted").drop_nulls().rows():
        assert sum(probabilities) == pytest.approx(1, abs=1e-5)
        assert predicted == CLASSES[int(np.argmax(probabilities))]
    for values in answers["values"].drop_nulls():
        assert all(0 < value < 1 for value in values)


@pytest.mark.parametrize(
    ("name", "entry", "message", "hint"),
    [
        ("categorial", {}, "unknown type of task 'categorial'", "categorical"),
        ("mine", {"task_type": "softt"}, "unknown type of task 'softt'", "soft"),
        ("categorical", {"label_smooting": 0.1}, "tasks.categorical has no option 'label_smooting'", "label_smoothing"),
        ("categorical", {"label_smoothing": 1.0}, "tasks.categorical.label_smoothing = 1.0", "less than 1"),
        ("categorical", {"focal": -1.0}, "tasks.categorical.focal = -1.0", "greater than or equal to 0"),
        ("categorical", {"class_weights": "yes"}, "tasks.categorical.class_weights = 'yes'", "boolean"),
        ("soft", {"votes": "rater"}, "tasks.soft.votes = 'rater'", "raters"),
        ("dimensional", {"weight": 1.0}, "tasks.dimensional has no option 'weight'", "none"),
        ("multitask", {}, "tasks.multitask.parts = {}", "required"),
        ("multitask", {"parts": {"categorical": {}}}, "tasks.multitask.parts = {'categorical': {}}", "at least 2"),
        ("multitask", {"parts": {"categorical": {}, "sexx": {}}}, "unknown type of task 'sexx'", "sex"),
        (
            "multitask",
            {"parts": {"categorical": {"focall": 1.0}, "sex": {}}},
            "the part categorical has no option 'focall'",
            "focal",
        ),
        ("multitask", {"parts": {"categorical": {"weight": 0.0}, "sex": {}}}, "the part categorical.weight = 0.0", "0"),
        (
            "multitask",
            {"parts": {"categorical": {}, "multitask": {"parts": {}}}},
            "a multitask cannot be a part of another one",
            "one",
        ),
    ],
)
def test_what_cannot_be_declared_is_named_with_what_can(name, entry, message, hint):
    with pytest.raises(ZooError) as caught:
        tasks.build(entry, name, CLASSES)
    assert caught.value.message == message and caught.value.exit_code == WRONG_USAGE
    assert hint in caught.value.hint


def test_an_entry_may_have_another_name_than_its_type():
    assert tasks.build({"task_type": "dimensional"}, "mine", CLASSES).dev_measure == "CCC"


def test_tasks_over_classes_have_as_many_outputs_as_there_are_classes():
    assert [tasks.build({}, "categorical", CLASSES[:number]).num_outputs for number in (2, 3)] == [2, 3]
