"""Accumulated gradients: several batches learn as one that is as large as all of them."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
import torch
from fixtures.answers import CLASSES, ENTRIES, of_no_use, outputs, utterances
from fixtures.trainings import data_of, examples, recipe

from zoo import tasks
from zoo.training.batches import in_groups
from zoo.training.loop import fit

# without dropout, batch normalisation and random crops, so that a batch of 2 n is two batches of n
PLAIN = {
    "hyperparameters": {"dropout": 0.0},
    "augmentation": {},
    "crop_s": 100.0,
    "max_epochs": 2,
    "schedule_epochs": 2,
}


def weights_of(study, train, **changes):
    network, progress = fit(recipe(study, "statistics", **PLAIN | changes), train, None)
    return network.state_dict(), progress.history[-1]["train_loss"]


@pytest.mark.parametrize(("batch_size", "accumulate"), [(2, 4), (4, 2), (2, 3), (2, 100)])
@pytest.mark.parametrize(
    "task", [("categorical", {}), ("categorical", {"class_weights": False, "label_smoothing": 0.1})]
)
def test_several_batches_learn_as_one_that_is_as_large(tiny_study, task, batch_size, accumulate):
    study = tiny_study()
    train, _ = examples(data_of(study))[:2]
    train = replace(
        train, utterance_ids=train.utterance_ids[:22], targets=train.targets[:22]
    )  # the last group has fewer
    large, loss = weights_of(study, train, task=task, batch_size=batch_size * accumulate)
    small, same = weights_of(study, train, task=task, batch_size=batch_size, accumulate=accumulate)
    assert same == pytest.approx(loss, rel=1e-4)
    for name, value in large.items():
        torch.testing.assert_close(small[name], value, atol=1e-4, rtol=1e-3)
    alone, _ = weights_of(study, train, task=task, batch_size=batch_size)
    assert any(not torch.allclose(alone[name], value, atol=1e-3) for name, value in large.items())


@pytest.mark.parametrize("name", [name for name in tasks.names() if name not in ("dimensional", "multitask")])
def test_the_shares_of_batches_add_up_to_the_loss_of_all(name):
    task, rows = tasks.build(ENTRIES.get(name, {}), name, CLASSES), pl.concat([utterances(30), of_no_use(3)])
    wanted = torch.from_numpy(task.targets(rows))
    found = torch.from_numpy(outputs(rows, task.num_outputs, 1))
    loss = task.loss(wanted.numpy())
    parts = [loss(found[at], wanted[at], wanted) for at in torch.arange(33).split([5, 20, 8])]
    torch.testing.assert_close(sum(parts), loss(found, wanted))


def test_the_parts_of_a_multitask_share_each_by_its_own_utterances():
    task = tasks.build({"parts": {"categorical": {}, "sex": {"weight": 0.5}}}, "multitask", CLASSES)
    rows = utterances(12)
    wanted = torch.from_numpy(task.targets(rows))
    wanted[:5, : len(CLASSES)] = torch.nan
    found = torch.from_numpy(outputs(rows, task.num_outputs, 1))
    loss = task.loss(np.array(wanted))
    parts = [loss(found[at], wanted[at], wanted) for at in torch.arange(12).split(4)]
    torch.testing.assert_close(sum(parts), loss(found, wanted))


def test_the_loss_of_a_correlation_is_the_mean_of_the_batches():
    task, rows = tasks.build({}, "dimensional", ()), utterances(12)
    wanted = torch.from_numpy(task.targets(rows))
    found = torch.from_numpy(outputs(rows, task.num_outputs, 1))
    loss = task.loss(wanted.numpy())
    parts = [
        (len(at) / 12 * loss(found[at], wanted[at]), loss(found[at], wanted[at], wanted))
        for at in torch.arange(12).split([4, 8])
    ]
    for alone, share in parts:
        torch.testing.assert_close(share, alone)


def test_the_last_group_may_have_fewer_batches():
    assert [len(group) for group in in_groups([(torch.zeros(1),) * 3] * 7, 3)] == [3, 3, 1]
