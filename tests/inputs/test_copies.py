"""Augmented copies: the same whenever they are made, changed as stated, and heard by training alone."""

import hashlib
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import soundfile
from fixtures.sounds import WHOLE_FILES, speech_like
from fixtures.trainings import recipe

from zoo import audio, inputs
from zoo.errors import ZooError
from zoo.inputs import changes
from zoo.inputs.contract import Spec
from zoo.inputs.copies import copies
from zoo.inputs.extract import extract
from zoo.inputs.store import Store
from zoo.runtime.inference import outputs_of
from zoo.study import params
from zoo.training.batches import Examples, training_batches
from zoo.training.solved import solve

TOP = Path(__file__).parents[2]
DEFAULT = changes.build(None)
# of six copies of a second, of 0.3 s and of one sample, as they were when the first models with copies were trained
AS_BEFORE = {
    ("a", 16_000): "6547c257f1d306a0",
    ("b", 4_800): "cadc492ed32db07d",
    ("c", 1): "eff9e03767ed2fd9",
}


def test_copies_are_the_same_whenever_they_are_made_and_differ_from_each_other_and_between_utterances():
    made = copies(speech_like(), "a", 4, DEFAULT)
    for one, again in zip(made, copies(speech_like(), "a", 4, DEFAULT), strict=True):
        assert np.array_equal(one, again) and one.dtype == np.float32
    assert all(np.array_equal(*pair) for pair in zip(made, copies(speech_like(), "a", 8, DEFAULT), strict=False))
    others = copies(speech_like(), "b", 4, DEFAULT)
    everything = [speech_like(), *made, *others]
    assert len({one.tobytes() for one in everything}) == len(everything)


@pytest.mark.parametrize(("name", "num_samples"), AS_BEFORE)
def test_copies_by_the_default_changes_are_what_they_were(name, num_samples):
    made = copies(speech_like()[:num_samples], name, 6, DEFAULT)
    assert digest(made) == AS_BEFORE[name, num_samples]


def digest(made: list[np.ndarray]) -> str:
    return hashlib.sha256(b"".join(np.rint(one * 32768).astype("<i2").tobytes() for one in made)).hexdigest()[:16]


@pytest.mark.parametrize("num_samples", [1, 399, 1023, 16_000])
def test_copies_of_any_length_and_of_silence_are_finite(num_samples):
    for samples in (speech_like()[:num_samples], np.zeros(num_samples, np.float32)):
        for one in copies(samples, "a", 8, DEFAULT):
            assert len(one) and np.isfinite(one).all()


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
    wanted = heard.compute([sound, *copies(sound, "u1", 3, DEFAULT)])
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
