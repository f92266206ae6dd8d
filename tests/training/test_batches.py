"""What the network is shown: random stretches, changed a little, and nothing that is stored ever changes."""

from pathlib import Path

import numpy as np
import pytest
import torch
from fixtures.trainings import recipe
from hypothesis import given, settings
from hypothesis import strategies as st

from zoo import architectures
from zoo.augmentation.augment import augment
from zoo.augmentation.vocal_tract import warp
from zoo.errors import ZooError
from zoo.study.train import Augmentation
from zoo.training.batches import training_batches
from zoo.training.data import CorpusData, front_end_of, load

OFF = Augmentation(time_mask_s=0.0, frequency_mask_share=0.0, stretch=0.0, warp=0.0, gain_db=0.0)
ON = Augmentation(time_mask_s=0.3, frequency_mask_share=0.15, stretch=0.1, warp=0.1, gain_db=6.0)


@settings(max_examples=80, deadline=None)
@given(
    length=st.integers(1, 200),
    dims=st.integers(2, 64),
    seed=st.integers(0, 999),
    time_mask_s=st.floats(0, 3),
    share=st.floats(0, 0.9),
    stretch=st.floats(0, 0.4),
    warping=st.floats(0, 0.4),
    gain=st.floats(0, 20),
)
def test_augmentation_keeps_its_rules(length, dims, seed, time_mask_s, share, stretch, warping, gain):
    wanted = Augmentation(
        time_mask_s=time_mask_s, frequency_mask_share=share, stretch=stretch, warp=warping, gain_db=gain
    )
    frames = np.random.default_rng(seed).normal(size=(length, dims)).astype(np.float32)
    frames.flags.writeable = False
    former, fill = frames.copy(), np.zeros(dims, np.float32)
    out = augment(frames, wanted, fill, 100.0, np.random.default_rng(seed))
    assert (frames == former).all() and not np.shares_memory(out, frames)
    assert out.dtype == np.float32 and out.shape[1] == dims and np.isfinite(out).all()
    assert max(1, np.floor(length * (1 - stretch) - 1)) <= len(out) <= np.ceil(length * (1 + stretch) + 1)
    assert (augment(frames, wanted, fill, 100.0, np.random.default_rng(seed)) == out).all()


def test_augmentation_that_is_off_changes_nothing():
    frames = np.random.default_rng(0).normal(size=(50, 8)).astype(np.float32)
    assert (augment(frames, OFF, np.zeros(8, np.float32), 100.0, np.random.default_rng(0)) == frames).all()


def test_masks_are_filled_with_the_mean():
    fill = np.arange(8, dtype=np.float32) + 100
    wanted = OFF.model_copy(update={"time_mask_s": 0.2, "frequency_mask_share": 0.5})
    frames = np.zeros((60, 8), np.float32)
    masked = sum(
        (augment(frames, wanted, fill, 100.0, np.random.default_rng(seed)) == fill).mean() for seed in range(20)
    )
    out = augment(frames, wanted, fill, 100.0, np.random.default_rng(1))
    assert ((out == fill) | (out == 0)).all() and 0 < masked < 20


def test_warping_by_one_is_nothing_and_a_slope_stays_a_slope():
    frames = np.tile(np.arange(20, dtype=np.float32), (3, 1))
    assert (warp(frames, 1.0) == frames).all()
    np.testing.assert_allclose(warp(frames, 0.9), frames * 0.9, rtol=1e-5)
    np.testing.assert_allclose(warp(frames, 1.1), np.minimum(frames * 1.1, 19), rtol=1e-5)


@pytest.fixture
def study(tiny_study):
    return tiny_study()


@pytest.fixture
def examples(study):
    data = load(study, "emodb", "cnn")
    return data.examples(data.split(0, "train"))


def batches(examples, study, seed, epoch=0, **changes):
    fill = np.zeros(6, np.float32)
    return list(training_batches(examples, recipe(study, seed=seed, **changes), fill, epoch))


def test_an_epoch_shows_every_utterance_once(examples, study):
    shown = batches(examples, study, 1, batch_size=4, augmentation=OFF, crop_s=10.0)
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
        assert not all(torch.equal(a[2], b[2]) for a, b in zip(one, other, strict=True))


def test_long_utterances_are_cut_and_short_ones_are_whole(examples, study):
    for inputs, lengths, classes in batches(examples, study, 3, augmentation=OFF):
        assert inputs.shape[1] == lengths.max() <= 15 and lengths.min() >= 12
        assert len(inputs) == len(lengths) == len(classes)


def test_a_last_batch_of_one_is_left_out(examples, study):
    assert len(examples) == 27
    assert [len(classes) for *_, classes in batches(examples, study, 1, batch_size=13)] == [13, 13]
    assert [len(classes) for *_, classes in batches(examples, study, 1, batch_size=5)] == [5, 5, 5, 5, 5, 2]


def test_stored_frames_are_never_changed(examples, study):
    former = np.array(examples.store.array)
    for seed in range(3):
        batches(examples, study, seed, augmentation=ON)
    assert (np.array(examples.store.array) == former).all()


def test_an_architecture_takes_the_first_front_end_it_likes_or_says_which_it_takes():
    best, *_, last = architectures.get("cnn").front_ends
    assert front_end_of("cnn", [last, best]) == best
    assert front_end_of("cnn", [last]) == last
    with pytest.raises(ZooError, match=f"cnn takes {best} or .*, but features.front_ends has other"):
        front_end_of("cnn", ["other"])


CONFIG = {"learning_rate": 2e-3, "weight_decay": 0.0, "augmentation": 1.0, "hyperparameters": {}}


def strengths(front_end, train, share=1.0):
    """What a recipe on a front-end augments by, of a configuration with this share of it."""
    data = CorpusData("emodb", "cnn", front_end, None, None, ("a", "b"))
    config = CONFIG | {"augmentation": share}
    return data.recipe(config, train, epochs=1, patience=1, seed=1, refit=False).augmentation


@pytest.fixture
def train():
    from zoo.study import params

    return params.load(Path(__file__).parents[2] / "studies/embedded.yaml").train


def test_coefficients_are_not_shifted_or_masked_as_if_they_were_bands(train):
    assert strengths("log_mel", train) == train.augmentation
    mfcc = strengths("mfcc", train)
    assert (mfcc.warp, mfcc.gain_db, mfcc.frequency_mask_share) == (0, 0, 0)
    assert mfcc.time_mask_s == train.augmentation.time_mask_s > 0


def test_a_configuration_augments_by_its_share_of_the_amounts(train):
    for share in (0.0, 0.3, 0.6):
        for name, strength in strengths("log_mel", train, share):
            assert strength == share * getattr(train.augmentation, name), name
    assert strengths("mfcc", train, 0.3).time_mask_s == 0.3 * train.augmentation.time_mask_s


def test_a_recipe_is_all_of_the_configuration_and_the_settings(train):
    data = CorpusData("emodb", "cnn", "log_mel", None, None, ("a", "b", "c"))
    config = CONFIG | {"hyperparameters": {"width": 96}}
    made = data.recipe(config, train, epochs=7, patience=3, seed=5, refit=True)
    assert (made.architecture, made.hyperparameters, made.learning_rate, made.weight_decay) == (
        "cnn",
        {"width": 96},
        2e-3,
        0.0,
    )
    assert (made.num_classes, made.frames_per_s) == (3, 100.0)
    for name in ("batch_size", "crop_s", "class_weights", "gradient_clip", "precision"):
        assert getattr(made, name) == getattr(train, name)
    assert (made.max_epochs, made.schedule_epochs, made.patience, made.seed, made.refit) == (7, 7, 3, 5, True)
    shorter = made.for_epochs(2)
    assert (shorter.max_epochs, shorter.schedule_epochs, shorter.refit) == (2, 2, False)
    assert shorter.patience > 2
