"""Augmented copies: the same whenever they are made, changed as stated, and heard by training alone."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
import soundfile
from fixtures.sounds import WHOLE_FILES
from fixtures.trainings import recipe

from zoo import audio, inputs
from zoo.errors import ZooError
from zoo.inputs import copies as module
from zoo.inputs.contract import Spec
from zoo.inputs.copies import copies
from zoo.inputs.extract import extract
from zoo.inputs.store import Store
from zoo.runtime.inference import outputs_of
from zoo.study import params
from zoo.training.batches import Examples, training_batches
from zoo.training.solved import solve

TOP = Path(__file__).parents[2]


def speech_like(seconds: float = 1.0, seed: int = 1) -> np.ndarray:
    random, time = np.random.default_rng(seed), np.arange(round(seconds * 16_000)) / 16_000
    tone = sum(np.sin(2 * np.pi * 140 * number * time) / number for number in range(1, 9))
    return (0.1 * tone + 0.002 * random.standard_normal(len(time))).astype(np.float32)


def test_copies_are_the_same_whenever_they_are_made_and_differ_from_each_other_and_between_utterances():
    made = copies(speech_like(), "a", 4)
    for one, again in zip(made, copies(speech_like(), "a", 4), strict=True):
        assert np.array_equal(one, again) and one.dtype == np.float32
    assert all(np.array_equal(*pair) for pair in zip(made, copies(speech_like(), "a", 8), strict=False))
    others = copies(speech_like(), "b", 4)
    everything = [speech_like(), *made, *others]
    assert len({one.tobytes() for one in everything}) == len(everything)


@pytest.mark.parametrize("num_samples", [1, 399, 1023, 16_000])
def test_copies_of_any_length_and_of_silence_are_finite(num_samples):
    for samples in (speech_like()[:num_samples], np.zeros(num_samples, np.float32)):
        for one in copies(samples, "a", 8):
            assert len(one) and np.isfinite(one).all()


def test_noise_is_as_far_below_the_speech_as_stated():
    sound = speech_like()
    for seed in range(20):
        noise = module._noise(sound, np.random.default_rng(seed)) - sound
        ratio = 10 * np.log10(np.square(sound).mean() / np.square(noise).mean())
        assert module.SNR_DB[0] - 0.1 <= ratio <= module.SNR_DB[1] + 0.1


def test_pitch_moves_and_the_length_stays_speed_moves_both():
    sound = speech_like()
    found = [pitch_hz(module._pitch(sound, np.random.default_rng(seed))) for seed in range(10)]
    bound = 2 ** (module.SEMITONES / 12)
    assert 140 / bound * 0.98 < min(found) < 135 and 145 < max(found) < 140 * bound * 1.02
    assert all(len(module._pitch(sound, np.random.default_rng(seed))) == len(sound) for seed in range(5))
    for seed in range(5):
        changed = module._speed(sound, np.random.default_rng(seed))
        assert pitch_hz(changed) / 140 == pytest.approx(len(sound) / len(changed), rel=0.02)


def pitch_hz(samples: np.ndarray) -> float:
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples)), 1 << 17))
    low = round(100 / 16_000 * (1 << 17))
    return (low + spectrum[low : 2 * low].argmax()) / (1 << 17) * 16_000


def test_a_room_adds_at_most_as_much_as_stated():
    click = np.zeros(16_000, np.float32)
    click[100] = 1
    for seed in range(10):
        tail = module._reverberation(click, np.random.default_rng(seed)) - click
        assert 0 < np.square(tail).sum() <= module.REVERBERANT


@pytest.fixture
def stored(tmp_path):
    """An input with three copies of each of four utterances."""
    pytest.importorskip("opensmile")
    names = [f"u{number}" for number in range(4)]
    for number, name in enumerate(names):
        soundfile.write(tmp_path / f"{name}.wav", speech_like(seed=number), 16_000, subtype="FLOAT")
    paths = [f"{name}.wav" for name in names]
    manifest = pl.DataFrame({"utterance_id": names, "path": paths, "native_label": ["joy"] * 4}).with_columns(
        **WHOLE_FILES
    )
    spec = Spec("egemaps", steps=[("level", {})], copies=3)
    extract(manifest, tmp_path, tmp_path / "store", spec)
    return tmp_path, spec, Store(tmp_path / "store")


def test_an_utterance_is_stored_with_its_copies_and_read_without_them(stored):
    folder, spec, store = stored
    assert store.copies == 3 and len(store.array) == 16
    sound, heard = audio.load(folder / "u1.wav"), inputs.build(spec)
    wanted = heard.compute([sound, *copies(sound, "u1", 3)])
    assert store.num_frames("u1") == 1
    assert np.array_equal(store.frames("u1"), wanted[0])
    for number in range(4):
        assert np.array_equal(store.frames("u1", copy=number), wanted[number])


def test_training_hears_copies_and_nobody_else_does(stored, monkeypatch):
    _, _, store = stored
    names = ["u0", "u1", "u2", "u3"]
    examples = Examples(store, names, np.eye(2, dtype=np.float32)[[0, 1, 0, 1]])
    recipe = recipe_of("linear")
    drawn = [inputs_ for epoch in range(30) for inputs_, _, _ in training_batches(examples, recipe, None, epoch)]
    heard = {row[0].numpy().tobytes() for batch in drawn for row in batch}
    assert heard == {store.frames(name, copy=number).tobytes() for name in names for number in range(4)}

    asked = []
    honest = Store.frames

    def noted(self, *given, copy=0):
        asked.append(copy)
        return honest(self, *given, copy=copy)

    monkeypatch.setattr(Store, "frames", noted)
    network = solve(recipe_of("svm"), examples)
    assert set(asked) == {0, 1, 2, 3}
    asked.clear()
    outputs_of(network, store, names)
    assert set(asked) == {0}


def recipe_of(architecture):
    study = params.load(TOP / "studies" / "embedded.yaml")
    none = {"augmentation": {}, "learning_rate": None, "weight_decay": None}
    return recipe(study, architecture, kind="functionals", frames_per_s=None, classes=("anger", "fear"), **none)


def test_copies_of_what_is_heard_together_are_refused():
    with pytest.raises(ZooError, match="hears a speaker's recordings together"):
        inputs.build(Spec("log_mel", steps=[("speaker_level", {})], copies=2))


@pytest.mark.parametrize("number", [-1, 101, 2.0, True, "8"])
def test_a_number_of_copies_that_is_none_is_refused(number):
    with pytest.raises(ZooError, match="copies"):
        inputs.spec("egemaps", {"copies": number})
