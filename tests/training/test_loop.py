"""A training is decided by its recipe and its data alone, and an interruption changes nothing."""

import copy
from dataclasses import replace

import numpy as np
import pytest
import torch
from fixtures.trainings import data_of, examples, recipe

from zoo.errors import ZooError
from zoo.inputs.store import Store
from zoo.runtime.inference import outputs_of
from zoo.training import loop, resume
from zoo.training.loop import fit
from zoo.training.resume import load_progress, saver


@pytest.fixture
def study(tiny_study):
    return tiny_study()


def predict(model, examples):
    return outputs_of(model, examples.store, examples.utterance_ids)


def same(one, other):
    assert one.keys() == other.keys()
    return all(torch.equal(value, other[name]) for name, value in one.items())


def facts(progress):
    return progress.best_epoch, progress.dev_score, progress.dev_loss, progress.history


@pytest.mark.parametrize("architecture", ["statistics", "cnn", "bigru"])
def test_the_same_recipe_gives_the_same_weights(study, architecture):
    train, dev, test = examples(data_of(study, architecture))
    one, first = fit(recipe(study, architecture), train, dev)
    torch.rand(7)
    np.random.rand(7)
    other, second = fit(recipe(study, architecture), train, dev)
    assert same(one.state_dict(), other.state_dict()) and facts(first) == facts(second)
    assert (predict(one, test) == predict(other, test)).all()
    third, _ = fit(recipe(study, architecture, seed=2), train, dev)
    assert not same(one.state_dict(), third.state_dict())


@pytest.mark.parametrize("architecture", ["cnn", "bigru"])
@pytest.mark.parametrize("with_dev", [True, False])
@pytest.mark.parametrize("stop", [1, 3, 4])
def test_an_interrupted_training_goes_on_to_the_same_bits(study, tmp_path, monkeypatch, architecture, with_dev, stop):
    monkeypatch.setattr(resume, "EVERY_S", 0.0)
    train, dev, _ = examples(data_of(study, architecture))
    dev = dev if with_dev else None
    wanted, whole = fit(recipe(study, architecture), train, dev)

    save = saver(tmp_path / "progress", "key")

    def interrupt(progress):
        if progress.epoch == stop:
            save(progress)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit(recipe(study, architecture), train, dev, on_epoch=interrupt)
    kept, _ = load_progress(tmp_path / "progress", "key")
    assert kept.epoch == stop
    model, progress = fit(recipe(study, architecture), train, dev, kept)
    assert same(model.state_dict(), wanted.state_dict())
    assert facts(progress) == facts(whole)


def test_a_copied_state_goes_on_as_well(study):
    train, dev, _ = examples(data_of(study))
    states = []
    wanted, _ = fit(recipe(study), train, dev, on_epoch=lambda progress: states.append(copy.deepcopy(progress)))
    assert [state.epoch for state in states] == [1, 2, 3, 4]
    for state in states:
        assert same(fit(recipe(study), train, dev, state)[0].state_dict(), wanted.state_dict())


def made_up(task, scores):
    """The task with dev scores that are made up, in the order in which they are asked for."""
    found = iter(scores)
    return replace(task, dev_score=lambda outputs, targets: next(found))


@pytest.mark.parametrize(
    ("results", "best"),
    [
        ([(0.5, 1.0), (0.7, 1.2), (0.6, 0.1), (0.7, 1.3)], 2),  # the highest score, whatever the loss
        ([(0.5, 1.0), (0.7, 1.2), (0.7, 1.1), (0.7, 1.1)], 3),  # then the lower loss, then the earlier epoch
        ([(0.0, 9.0), (0.0, 8.0), (0.0, 8.5), (0.0, 9.0)], 2),
        ([(-0.9, 1.0), (-0.2, 1.0), (-0.3, 1.0), (-0.5, 1.0)], 2),  # a CCC may be negative
        ([(float("nan"), 1.0), (0.2, float("inf")), (0.1, 1.0), (0.05, 0.1)], 3),  # what is not finite is not best
    ],
)
def test_the_best_epoch_has_the_highest_dev_score_then_the_lowest_loss(study, monkeypatch, results, best):
    train, dev, _ = examples(data_of(study, "statistics"))
    states, former = {}, loop.validate

    def validate(progress, model, task, loss, dev):
        score, value = results[progress.epoch - 1]
        states[progress.epoch] = copy.deepcopy(model.state_dict())
        former(progress, model, made_up(task, [score]), lambda *_: torch.tensor(value), dev)

    monkeypatch.setattr(loop, "validate", validate)
    model, progress = fit(recipe(study, "statistics"), train, dev)
    assert progress.best_epoch == best
    assert [epoch["dev_score"] for epoch in progress.history] == pytest.approx([x for x, _ in results], nan_ok=True)
    assert same(model.state_dict(), states[best])


def test_a_training_without_a_finite_epoch_is_an_error(study, monkeypatch):
    train, dev, _ = examples(data_of(study, "statistics"))
    former = loop.validate
    monkeypatch.setattr(
        loop,
        "validate",
        lambda progress, model, task, loss, dev: former(progress, model, made_up(task, [float("nan")]), loss, dev),
    )
    with pytest.raises(ZooError, match="the training of statistics diverged"):
        fit(recipe(study, "statistics"), train, dev)


def test_training_stops_when_dev_does_not_get_better(study, monkeypatch):
    train, dev, _ = examples(data_of(study, "statistics"))
    epochs = []

    def validate(progress, model, task, loss, dev):
        epochs.append(progress.epoch)
        if progress.epoch == 2:
            progress.best_epoch = 2
            progress.best_weights = copy.deepcopy(model.state_dict())

    monkeypatch.setattr(loop, "validate", validate)
    _, progress = fit(recipe(study, "statistics", max_epochs=50, patience=3), train, dev)
    assert epochs == [1, 2, 3, 4, 5] and progress.best_epoch == 2


def test_a_network_learns_what_there_is_to_learn(tiny_study):
    study = tiny_study("clear", difference=3.0)
    train, dev, test = examples(data_of(study))
    model, progress = fit(recipe(study, max_epochs=8, schedule_epochs=8, patience=8), train, dev)
    assert progress.dev_score > 0.8
    assert (predict(model, test).argmax(axis=1) == test.targets.argmax(axis=1)).mean() > 0.8


def test_standardisation_sees_the_training_utterances_only(study):
    train, dev, _ = examples(data_of(study))
    mean, std = loop.standardisation(train)
    frames = np.concatenate([train.store.frames(name) for name in train.utterance_ids])
    np.testing.assert_allclose(mean.numpy(), frames.mean(axis=0), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(std.numpy(), frames.std(axis=0), rtol=1e-5)
    model, _ = fit(recipe(study, max_epochs=1), train, dev)
    assert torch.equal(model.mean, mean) and torch.equal(model.std, std)


def test_a_silent_band_can_be_standardised(study, rewrite_features, tmp_path):
    data = data_of(study)
    train, dev, _ = examples(data)
    frames = {name: data.store.frames(name).copy() for name in [*train.utterance_ids, *dev.utterance_ids]}
    for array in frames.values():
        array[:, 2] = -100
    rewrite_features(tmp_path / "silent", frames)
    store = Store(tmp_path / "silent")
    model, _ = fit(recipe(study), replace(train, store=store), replace(dev, store=store))
    assert all(value.isfinite().all() for value in model.state_dict().values())


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        ("categorical", {"class_weights": False, "focal": 2.0}),
        ("soft", {"votes": "raters"}),
        ("dimensional", {}),
        ("multitask", {"parts": {"categorical": {}, "dimensional": {"weight": 0.5}, "sex": {"weight": 0.1}}}),
    ],
)
def test_a_network_learns_what_each_task_asks(tiny_study, name, entry):
    """More on its dev speakers than a network that has not begun."""
    study = tiny_study("clear", difference=2.0, tasks={name: entry}, models={"statistics": {"task": name}})
    train, dev, _ = examples(data_of(study, "statistics"))
    rates = {"learning_rate": 2e-2, "max_epochs": 12, "schedule_epochs": 12, "patience": 12}
    own = recipe(study, "statistics", task=(name, entry), **rates)
    _, progress = fit(own, train, dev)
    assert progress.best_epoch > 1
    assert progress.dev_score > progress.history[0]["dev_score"] + 0.05
    assert progress.history[-1]["train_loss"] < progress.history[0]["train_loss"]


def test_class_weights_decide_the_training(study):
    results = []
    for wanted in (True, False):
        train, dev, _ = examples(data_of(study, "statistics"))
        classes = train.targets.argmax(axis=1)
        keep = np.flatnonzero((classes == 0) | (np.arange(len(train)) % 3 == 0))
        uneven = replace(train, utterance_ids=[train.utterance_ids[row] for row in keep], targets=train.targets[keep])
        task = ("categorical", {"class_weights": wanted})
        results.append(fit(recipe(study, "statistics", task=task), uneven, dev)[0].state_dict())
    assert not same(*results)


def test_the_learning_rate_goes_down_to_nearly_nothing():
    factors = [loop.rate_factor(epoch, 10) for epoch in range(10)]
    assert factors[0] == 1 and factors == sorted(factors, reverse=True) and 0 < factors[-1] < 0.1
