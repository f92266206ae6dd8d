"""Mixup, balanced epochs, averaged weights: each against its definition, and in a training."""

import numpy as np
import pytest
import torch
from fixtures.trainings import data_of, examples, recipe

from zoo import tasks
from zoo.training.balance import balanced_order, shares_of
from zoo.training.batches import training_batches
from zoo.training.loop import fit
from zoo.training.mixup import mixed
from zoo.training.weight_average import averaged, mean_of


@pytest.fixture
def random():
    return np.random.default_rng(3)


def test_every_utterance_is_mixed_with_its_partner_by_the_drawn_share(random):
    lengths = torch.tensor([6, 4, 5])
    inputs = torch.randn(3, 6, 2)
    found, partner, share = mixed(inputs, lengths, 0.4, random)
    assert 0.5 <= share <= 1 and sorted(partner.tolist()) == [0, 1, 2]
    for row, other in enumerate(partner.tolist()):
        for step in range(6):
            wanted = share * inputs[row, step] + (1 - share) * inputs[other, step % lengths[other]]
            torch.testing.assert_close(found[row, step], wanted)


def test_shares_are_those_of_the_beta_distribution(random):
    inputs, lengths = torch.zeros(2, 1, 1), torch.tensor([1, 1])
    shares = [mixed(inputs, lengths, 0.4, random)[2] for _ in range(4000)]
    drawn = np.random.default_rng(0).beta(0.4, 0.4, 40_000)
    assert np.mean(shares) == pytest.approx(np.maximum(drawn, 1 - drawn).mean(), abs=0.01)


def test_classes_are_equally_frequent_in_a_balanced_epoch(random):
    shares = np.repeat(np.eye(3, dtype=np.float32), [900, 90, 10], axis=0)
    order = balanced_order(shares, random)
    assert len(order) == 1000
    assert shares[order].mean(axis=0) == pytest.approx([1 / 3] * 3, abs=0.06)


def test_an_utterance_without_a_class_is_drawn_as_often_as_on_average(random):
    shares = np.repeat(np.eye(2, dtype=np.float32), [600, 200], axis=0)
    shares[:100] = np.nan
    drawn = np.concatenate([balanced_order(shares, random) for _ in range(20)])
    assert (drawn < 100).mean() == pytest.approx(1 / 8, abs=0.01)


def test_the_shares_of_classes_are_found_among_several_tasks():
    entry = {"parts": {"dimensional": {}, "categorical": {}}}
    task = tasks.build(entry, "multitask", ("a", "b"))
    targets = np.arange(10, dtype=np.float32).reshape(2, 5)
    assert shares_of(task, targets).tolist() == [[3, 4], [8, 9]]
    assert shares_of(tasks.build({}, "dimensional", ()), targets[:, :3]).shape == (2, 0)


def test_a_balanced_epoch_is_as_long_as_another(tiny_study):
    study = tiny_study()
    train, _ = examples(data_of(study))[:2]
    shares = shares_of(tasks.build({}, "categorical", data_of(study).classes), train.targets)
    fill = np.zeros(6, np.float32)
    sizes = [
        sum(len(targets) for *_, targets in training_batches(train, recipe(study), fill, 0, given))
        for given in (None, shares)
    ]
    assert sizes[0] == sizes[1]


def test_the_mean_of_states_is_that_of_every_value():
    states = [
        {"w": torch.tensor([1.0, 5.0]), "n": torch.tensor(3)},
        {"w": torch.tensor([3.0, 1.0]), "n": torch.tensor(4)},
    ]
    found = mean_of(states)
    assert found["w"].tolist() == [2.0, 3.0] and found["n"] == 4


@pytest.mark.parametrize("epochs", [2, 3])
def test_the_network_of_a_training_holds_the_mean_of_its_latest_epochs(tiny_study, epochs):
    study = tiny_study()
    train, _ = examples(data_of(study))[:2]
    states = []

    def keep(progress):
        states.append({name: value.clone() for name, value in progress.weights.items()})

    network, _ = fit(recipe(study, average_epochs=epochs), train, None, None, keep)
    for name, value in mean_of(states[-epochs:]).items():
        torch.testing.assert_close(network.state_dict()[name], value)


@pytest.mark.parametrize("after", [1, 2, 4])
def test_averaged_weights_are_the_same_after_a_resumption_the_last_epoch_included(tiny_study, after):
    study = tiny_study()
    train, _ = examples(data_of(study))[:2]
    kept = []

    def keep(progress):
        if progress.epoch == after:
            kept.append(snapshot(progress))

    whole, _ = fit(recipe(study, average_epochs=3), train, None, None, keep)
    resumed, _ = fit(recipe(study, average_epochs=3), train, None, kept[0])
    for name, value in whole.state_dict().items():
        assert torch.equal(value, resumed.state_dict()[name]), name


def test_without_earlier_states_the_network_is_itself():
    module = torch.nn.Linear(2, 2)
    assert averaged(module, []) is module


@pytest.mark.parametrize(
    "changes", [{"mixup": 0.3}, {"balanced_batches": True}, {"average_epochs": 2}, {"accumulate": 2}]
)
def test_each_changes_a_training_and_an_interrupted_one_goes_on_to_the_same_bits(tiny_study, changes):
    study = tiny_study()
    train, dev = examples(data_of(study))[:2]
    plain, _ = fit(recipe(study), train, dev)
    kept = []

    def keep(progress):
        if progress.epoch == 2:
            kept.append(snapshot(progress))

    whole, told = fit(recipe(study, **changes), train, dev, None, keep)
    resumed, again = fit(recipe(study, **changes), train, dev, kept[0])
    assert told.dev_score == again.dev_score and told.best_epoch == again.best_epoch
    for name, value in whole.state_dict().items():
        assert torch.equal(value, resumed.state_dict()[name])
    assert any(not torch.equal(value, plain.state_dict()[name]) for name, value in whole.state_dict().items())


def snapshot(progress):
    """As it is saved and read again."""
    import io

    from zoo.training.loop import Progress

    buffer = io.BytesIO()
    torch.save(vars(progress), buffer)
    buffer.seek(0)
    return Progress(**torch.load(buffer, weights_only=True))
