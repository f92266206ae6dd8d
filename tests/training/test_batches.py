"""What the network is shown: random stretches, changed a little, and nothing that is stored ever changes."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from fixtures.trainings import CLASSES, data_of, recipe

from zoo.inputs.store import Store
from zoo.study import params
from zoo.training.batches import training_batches
from zoo.training.recipe import recipe_of

ON = {"time_mask": 0.3, "frequency_mask": 0.15, "tempo": 0.1, "vocal_tract": 0.1, "gain": 6.0}


@pytest.fixture
def study(tiny_study):
    return tiny_study()


@pytest.fixture
def examples(study):
    data = data_of(study)
    return data.examples(data.split(0, "train"))


def batches(examples, study, seed, epoch=0, **changes):
    fill = np.zeros(6, np.float32)
    return list(training_batches(examples, recipe(study, seed=seed, **changes), fill, epoch))


def test_an_epoch_shows_every_utterance_once(examples, study):
    shown = batches(examples, study, 1, batch_size=4, augmentation={}, crop_s=10.0)
    stored = sorted(examples.store.frames(name).sum() for name in examples.utterance_ids)
    seen = sorted(
        float(row[:length].sum()) for inputs, lengths, _ in shown for row, length in zip(inputs, lengths, strict=True)
    )
    assert len(seen) == len(stored) // 4 * 4 + (len(stored) % 4 if len(stored) % 4 != 1 else 0)
    np.testing.assert_allclose(seen, stored, rtol=1e-4, atol=1e-3)


def test_order_and_cuts_follow_from_the_seed_and_the_epoch(examples, study):
    one, same = batches(examples, study, 1), batches(examples, study, 1)
    assert all(torch.equal(a, b) for x, y in zip(one, same, strict=True) for a, b in zip(x, y, strict=True))
    for other in (batches(examples, study, 1, epoch=1), batches(examples, study, 2)):
        assert not all(torch.equal(a[0], b[0]) for a, b in zip(one, other, strict=True))


def test_long_utterances_are_cut_and_short_ones_are_whole(examples, study):
    for inputs, lengths, targets in batches(examples, study, 3, augmentation={}):
        assert inputs.shape[1] == lengths.max() <= 15 and lengths.min() >= 12
        assert len(inputs) == len(lengths) == len(targets)


def test_a_last_batch_of_one_is_left_out(examples, study):
    assert len(examples) == 27
    assert [len(targets) for *_, targets in batches(examples, study, 1, batch_size=13)] == [13, 13]
    assert [len(targets) for *_, targets in batches(examples, study, 1, batch_size=5)] == [5, 5, 5, 5, 5, 2]


def test_stored_frames_are_never_changed(examples, study):
    former = np.array(examples.store.array)
    for seed in range(3):
        batches(examples, study, seed, augmentation=ON)
    assert (np.array(examples.store.array) == former).all()


def test_every_utterance_comes_with_its_own_target(examples, study):
    stored = [examples.store.frames(name) for name in examples.utterance_ids]
    for inputs, lengths, targets in batches(examples, study, 3, augmentation={}, crop_s=10.0):
        for row, length, target in zip(inputs, lengths, targets, strict=True):
            [found] = [at for at, frames in enumerate(stored) if np.array_equal(frames, row[:length].numpy())]
            assert (target.numpy() == examples.targets[found]).all()


@pytest.mark.parametrize(("kind", "rows"), [("functionals", 1), ("embedding", 1), ("encoder_layers", 7)])
def test_rows_that_are_not_time_are_never_cropped(examples, study, rewrite_features, tmp_path, kind, rows):
    """A crop of 0.001 s of one row of statistics would leave nothing of it."""
    random = np.random.default_rng(0)
    rewrite_features(tmp_path / kind, {name: random.normal(size=(rows, 6)) for name in examples.utterance_ids})
    own = replace(examples, store=Store(tmp_path / kind))
    shown = batches(own, study, 1, kind=kind, frames_per_s=None, augmentation={}, crop_s=0.001)
    assert sum(len(inputs) for inputs, *_ in shown) >= len(own) - 1
    for inputs, lengths, _ in shown:
        assert inputs.shape[1] == rows and set(lengths.tolist()) == {rows}
        assert (inputs.abs().sum(dim=2) > 0).all()


def test_a_crop_that_is_shorter_than_a_row_keeps_one(examples, study):
    for inputs, lengths, _ in batches(examples, study, 1, augmentation={}, crop_s=0.001):
        assert inputs.shape[1] == 1 and set(lengths.tolist()) == {1}


CONFIG = {"learning_rate": 2e-3, "weight_decay": 0.0, "augmentation": 1.0, "hyperparameters": {"width": 96}}


@pytest.fixture
def train():
    return params.load(Path(__file__).parents[2] / "studies/embedded.yaml").train


def made(train, kind="bands", share=1.0):
    """The recipe of a configuration with this share of the augmentation."""
    return recipe_of(
        CONFIG | {"augmentation": share},
        train,
        architecture="cnn",
        task=("categorical", {}),
        classes=CLASSES,
        kind=kind,
        frames_per_s=100.0,
        max_epochs=7,
        patience=3,
        seed=5,
        refit=True,
    )


@pytest.mark.parametrize("kind", ["bands", "coefficients"])
@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_a_configuration_augments_by_its_share_of_the_strengths_of_the_kind(train, kind, share):
    wanted = {name: share * full for name, full in train.augmentation[kind].items()}
    assert made(train, kind, share).augmentation == wanted != {}


def test_a_recipe_is_all_of_the_configuration_and_the_settings(train):
    found = made(train)
    assert (found.architecture, found.hyperparameters) == ("cnn", {"width": 96})
    assert (found.learning_rate, found.weight_decay) == (2e-3, 0.0)
    assert (found.classes, found.task, found.frames_per_s) == (CLASSES, ("categorical", {}), 100.0)
    for name in ("batch_size", "accumulate", "crop_s", "gradient_clip", "precision"):
        assert getattr(found, name) == getattr(train, name)
    assert (found.max_epochs, found.schedule_epochs, found.patience, found.seed, found.refit) == (7, 7, 3, 5, True)
    shorter = found.for_epochs(2)
    assert (shorter.max_epochs, shorter.schedule_epochs, shorter.refit) == (2, 2, False)
    assert shorter.patience > 2
