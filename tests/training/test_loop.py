"""A training is decided by its recipe and its data alone, and an interruption changes nothing."""

import copy
from dataclasses import replace

import numpy as np
import pytest
import torch
from fixtures.trainings import data_of, examples, recipe

from zoo.inputs.store import Store
from zoo.runtime.inference import logits_of
from zoo.training import loop, resume
from zoo.training.loop import Progress, fit
from zoo.training.resume import load_progress, saver


@pytest.fixture
def study(tiny_study):
    return tiny_study()


def predict(model, examples):
    return logits_of(model, examples.store, examples.utterance_ids)


def same(one, other):
    assert one.keys() == other.keys()
    return all(torch.equal(value, other[name]) for name, value in one.items())


def facts(progress):
    return progress.best_epoch, progress.dev_uar, progress.dev_loss, progress.history


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
    kept = load_progress(tmp_path / "progress", "key")
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


@pytest.mark.parametrize(
    ("results", "best"),
    [
        ([(0.5, 1.0), (0.7, 1.2), (0.6, 0.1), (0.7, 1.3)], 2),  # the highest UAR, whatever the loss
        ([(0.5, 1.0), (0.7, 1.2), (0.7, 1.1), (0.7, 1.1)], 3),  # then the lower loss, then the earlier epoch
        ([(0.0, 9.0), (0.0, 8.0), (0.0, 8.5), (0.0, 9.0)], 2),
    ],
)
def test_the_best_epoch_has_the_highest_dev_uar_then_the_lowest_loss(study, monkeypatch, results, best):
    """Dev logits are made up: with two classes of ten utterances, UAR and loss can be chosen."""
    train, dev, _ = examples(data_of(study, "statistics"))
    states = {}

    def validate(progress, model, dev):
        uar, loss = results[progress.epoch - 1]
        states[progress.epoch] = copy.deepcopy(model.state_dict())
        real(progress, model, dev, uar, loss)

    def real(progress, model, dev, uar, loss):
        classes = np.repeat([0, 1], 10)
        right = round(20 * uar)
        chosen = np.where(np.arange(20) < right, classes, 1 - classes)
        gap = margin(right, loss)
        logits = np.stack([np.where(chosen == 0, gap, 0), np.where(chosen == 1, gap, 0)], axis=1)
        monkeypatch.setattr(loop, "logits_of", lambda *_: logits.astype(np.float32))
        former(progress, model, replace(dev, classes=classes))

    def margin(right, loss):
        gaps = np.linspace(0.01, 30, 20000)
        losses = (right * np.log1p(np.exp(-gaps)) + (20 - right) * (gaps + np.log1p(np.exp(-gaps)))) / 20
        return gaps[np.abs(losses - loss).argmin()]

    former = loop.validate
    monkeypatch.setattr(loop, "validate", validate)
    model, progress = fit(recipe(study, "statistics"), train, dev)
    assert progress.best_epoch == best
    assert [epoch["dev_uar"] for epoch in progress.history] == pytest.approx([uar for uar, _ in results])
    assert same(model.state_dict(), states[best])


def test_dev_uar_is_the_mean_recall_of_the_classes_that_are_there(study):
    _, dev, _ = examples(data_of(study, "statistics"))
    dev = replace(dev, utterance_ids=dev.utterance_ids[:4], classes=np.array([0, 0, 0, 2]))
    progress = Progress(epoch=1, history=[{}])

    class Fixed(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.mean = torch.nn.Parameter(torch.zeros(6))  # its device is where the network is

        def forward(self, inputs, lengths):
            return torch.tensor([[1.0, 0, 0]]).expand(len(inputs), 3)

    loop.validate(progress, Fixed(), dev)
    assert progress.dev_uar == 0.5  # of class 0 all, of class 2 none; class 1 does not occur


def test_training_stops_when_dev_does_not_get_better(study, monkeypatch):
    train, dev, _ = examples(data_of(study, "statistics"))
    epochs = []

    def validate(progress, model, dev):
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
    assert progress.dev_uar > 0.8
    assert (predict(model, test).argmax(axis=1) == test.classes).mean() > 0.8


def test_standardisation_sees_the_training_utterances_only(study):
    train, dev, _ = examples(data_of(study))
    mean, std = loop.standardisation(train)
    frames = np.concatenate([train.store.frames(name) for name in train.utterance_ids])
    np.testing.assert_allclose(mean.numpy(), frames.mean(axis=0), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(std.numpy(), frames.std(axis=0), rtol=1e-5)
    model, _ = fit(recipe(study, max_epochs=1), train, dev)
    assert torch.equal(model.mean, mean) and torch.equal(model.deviation, std)


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


def test_class_weights_make_every_class_weigh_alike(study):
    train, _, _ = examples(data_of(study))
    uneven = replace(train, utterance_ids=train.utterance_ids[:8], classes=np.array([0, 0, 0, 0, 0, 0, 2, 2]))
    weights = loop.class_weights(uneven, 3).numpy()
    np.testing.assert_allclose(weights, [8 / 18, 0, 8 / 6], rtol=1e-6)
    assert weights[0] * 6 == pytest.approx(weights[2] * 2)


def test_class_weights_can_be_left_out(tiny_study):
    results = []
    for wanted in (True, False):
        study = tiny_study(str(wanted), train={"class_weights": wanted})
        train, dev, _ = examples(data_of(study, "statistics"))
        keep = np.flatnonzero((train.classes == 0) | (np.arange(len(train)) % 3 == 0))
        uneven = replace(train, utterance_ids=[train.utterance_ids[row] for row in keep], classes=train.classes[keep])
        results.append(fit(recipe(study, "statistics"), uneven, dev)[0].state_dict())
    assert not same(*results)


def test_the_learning_rate_goes_down_to_nearly_nothing():
    factors = [loop.rate_factor(epoch, 10) for epoch in range(10)]
    assert factors[0] == 1 and factors == sorted(factors, reverse=True) and 0 < factors[-1] < 0.1
