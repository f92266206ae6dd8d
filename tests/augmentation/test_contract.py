"""What every augmentation promises, on every kind of input that it takes; and what is refused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zoo import augmentation
from zoo.augmentation.augment import augment, in_order, require_possible
from zoo.augmentation.contract import Place
from zoo.augmentation.vocal_tract import warp
from zoo.errors import WRONG_USAGE, ZooError
from zoo.inputs.contract import ROWS_ARE_TIME

DIMS = {"bands": 12, "coefficients": 5, "waveform": 1, "encoder_frames": 8}
RATE = {"bands": 100.0, "coefficients": 100.0, "waveform": 16_000.0, "encoder_frames": 50.0}
ONE_ROW = ("functionals", "embedding", "encoder_layers", "joined")
EVERY = [(name, kind) for name in augmentation.names() for kind in sorted(augmentation.get(name).kinds)]
# below the limit of each, where there is one
STRENGTHS = {"time_mask": 0.3, "frequency_mask": 0.9, "tempo": 0.45, "vocal_tract": 0.45, "gain": 20.0}


def rows_of(kind, length, seed=0):
    rows = np.random.default_rng(seed).normal(size=(length, DIMS[kind])).astype(np.float32)
    rows.flags.writeable = False  # as a store's are
    return rows


def place(kind):
    return Place(kind, np.arange(DIMS[kind], dtype=np.float32) + 100, RATE[kind])


def strength_of(name):
    return STRENGTHS.get(name, min(augmentation.get(name).below, 1.0) / 2)


@pytest.mark.parametrize(("name", "kind"), EVERY)
@settings(max_examples=25, deadline=None)
@given(length=st.integers(1, 200), seed=st.integers(0, 99), share=st.floats(0.01, 1))
def test_an_augmentation_changes_a_copy_and_is_decided_by_its_seed(name, kind, length, seed, share):
    rows = rows_of(kind, length, seed)
    before, one = rows.copy(), augmentation.get(name)
    found = [one.change(rows, share * strength_of(name), place(kind), np.random.default_rng(seed)) for _ in range(2)]
    assert (rows == before).all() and not np.shares_memory(found[0], rows)
    assert found[0].dtype == np.float32 and found[0].shape[1] == DIMS[kind] and len(found[0]) >= 1
    assert np.isfinite(found[0]).all()
    assert np.array_equal(*found)


@pytest.mark.parametrize(("name", "kind"), EVERY)
def test_an_augmentation_changes_something_and_not_always_the_same(name, kind):
    rows, one = rows_of(kind, 60 if kind != "waveform" else 6000), augmentation.get(name)
    found = [one.change(rows, strength_of(name), place(kind), np.random.default_rng(seed)) for seed in range(8)]
    assert any(not np.array_equal(other, rows) for other in found)
    assert any(not np.array_equal(other, found[0]) for other in found[1:])


@pytest.mark.parametrize("name", augmentation.names())
def test_an_augmentation_states_what_it_changes(name):
    one = augmentation.get(name)
    assert one.kinds and one.unit and one.below > 0
    assert not one.kinds & set(ONE_ROW)  # one row of statistics cannot bear what these do


def test_a_waveform_is_never_stretched():
    """Samples that are left out or repeated would change the pitch: no augmentation of waveforms moves a sample."""
    for name, kind in EVERY:
        if kind != "waveform":
            continue
        rows = np.sin(np.arange(4000, dtype=np.float32))[:, None]
        for seed in range(5):
            found = augmentation.get(name).change(rows, strength_of(name), place(kind), np.random.default_rng(seed))
            assert found.shape == rows.shape, name
            kept = found != place(kind).fill
            loudness = float((found[kept] * rows[kept]).sum() / np.square(rows[kept]).sum())
            np.testing.assert_allclose(found[kept], loudness * rows[kept], atol=1e-4, err_msg=name)
    with pytest.raises(ZooError, match=r"train\.augmentation\.waveform: tempo would spoil waveform") as caught:
        require_possible("waveform", {"tempo": 0.1})
    assert "gain" in caught.value.hint and caught.value.exit_code == WRONG_USAGE


@pytest.mark.parametrize("name", augmentation.names())
@pytest.mark.parametrize("kind", ONE_ROW)
def test_statistics_of_an_utterance_cannot_be_augmented(name, kind):
    with pytest.raises(ZooError, match=f"{name} would spoil {kind}") as caught:
        require_possible(kind, {name: strength_of(name)})
    assert "write {}" in caught.value.hint
    require_possible(kind, {})


@pytest.mark.parametrize("name", ["gain", "frequency_mask", "vocal_tract"])
def test_coefficients_are_not_shifted_or_masked_as_if_they_were_bands(name):
    with pytest.raises(ZooError, match=f"{name} would spoil coefficients") as caught:
        require_possible("coefficients", {"time_mask": 0.3, name: strength_of(name)})
    assert "tempo" in caught.value.hint and "time_mask" in caught.value.hint


def test_an_unknown_augmentation_is_named_with_the_closest_one():
    with pytest.raises(ZooError, match="unknown augmentation 'time_maks'") as caught:
        require_possible("bands", {"time_maks": 0.3})
    assert "time_mask" in caught.value.hint


@pytest.mark.parametrize(("name", "most"), [("tempo", 0.5), ("vocal_tract", 0.5), ("frequency_mask", 1.0)])
def test_an_augmentation_that_is_too_strong_is_refused_with_its_limit(name, most):
    with pytest.raises(ZooError, match=rf"train\.augmentation\.bands\.{name} = {most:g}") as caught:
        require_possible("bands", {name: most})
    assert f"less than {most:g}" in caught.value.hint
    require_possible("bands", {name: most - 0.01})


def augmented(rows, strengths, seed=0, kind="bands"):
    return augment(rows, in_order(strengths), place(kind), np.random.default_rng(seed))


def test_augmentation_that_is_off_changes_nothing():
    rows = rows_of("bands", 50)
    assert (augmented(rows, dict.fromkeys(augmentation.names(), 0.0)) == rows).all()
    assert augmented(rows, {}) is rows


def test_the_order_in_which_a_study_lists_augmentations_changes_nothing():
    rows, strengths = rows_of("bands", 50), {name: strength_of(name) for name in augmentation.names()}
    for seed in range(5):
        backwards = dict(reversed(strengths.items()))
        assert np.array_equal(augmented(rows, strengths, seed), augmented(rows, backwards, seed))


@settings(max_examples=40, deadline=None)
@given(length=st.integers(1, 200), seed=st.integers(0, 999), tempo=st.floats(0, 0.49))
def test_the_tempo_changes_by_up_to_its_share(length, seed, tempo):
    out = augmented(rows_of("bands", length), {"tempo": tempo}, seed)
    assert max(1, np.floor(length * (1 - tempo) - 1)) <= len(out) <= np.ceil(length * (1 + tempo) + 1)


def test_masks_are_filled_with_the_mean():
    rows, fill = np.zeros((60, 12), np.float32), place("bands").fill
    found = [augmented(rows, {"time_mask": 0.2, "frequency_mask": 0.5}, seed) for seed in range(20)]
    masked = [np.mean(out == fill) for out in found]
    assert all(((out == fill) | (out == 0)).all() for out in found)
    assert 0 < np.mean(masked) < 1
    assert (
        max((out == fill)[:, 0].mean() for out in (augmented(rows, {"time_mask": 0.2}, s) for s in range(20))) <= 2 / 3
    )


def test_a_gain_is_added_to_decibels_and_multiplies_samples():
    bands, samples = rows_of("bands", 30), rows_of("waveform", 30)
    added = augmented(bands, {"gain": 6.0}) - bands
    np.testing.assert_allclose(added, added[0, 0], atol=1e-5)
    np.testing.assert_allclose(
        augmented(samples, {"gain": 6.0}, kind="waveform"), samples * 10 ** (added[0, 0] / 20), rtol=1e-5
    )
    assert 0 < abs(added[0, 0]) <= 6


def test_warping_by_one_is_nothing_and_a_slope_stays_a_slope():
    frames = np.tile(np.arange(20, dtype=np.float32), (3, 1))
    assert (warp(frames, 1.0) == frames).all()
    np.testing.assert_allclose(warp(frames, 0.9), frames * 0.9, rtol=1e-5)
    np.testing.assert_allclose(warp(frames, 1.1), np.minimum(frames * 1.1, 19), rtol=1e-5)


def test_every_kind_whose_rows_are_time_is_covered_here():
    # whose states are of sound that was changed before: copies
    assert set(DIMS) == set(ROWS_ARE_TIME) - {"encoder_states"} == {kind for _, kind in EVERY}
