"""Joined inputs: the rows of two inputs of the same audio side by side, in stores, copies, what is kept, releases."""

import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest
import soundfile
from fixtures import checkpoints
from fixtures.sounds import WHOLE_FILES
from fixtures.trainings import recipe

from zoo import audio, inputs
from zoo.errors import WRONG_USAGE, ZooError
from zoo.inputs import changes, encoder_layers
from zoo.inputs.contract import Spec
from zoo.inputs.copies import copies
from zoo.inputs.extract import extract
from zoo.inputs.store import Store
from zoo.runtime import weights
from zoo.runtime.inference import outputs, outputs_of
from zoo.runtime.release import Base, InputOf
from zoo.study import params
from zoo.training.batches import Examples
from zoo.training.solved import solve

TOP = Path(__file__).parents[2]
NAMES = ("u0", "u1", "u2", "u3")


@pytest.fixture
def entries():
    """Two inputs, and both joined."""
    pytest.importorskip("opensmile")
    pytest.importorskip("transformers")
    base = {"input_type": "encoder_layers", "checkpoint": checkpoints.tiny()}
    return {
        "base": base | {"copies": 2},
        "egemaps": {"copies": 2},
        "both": {"input_type": "joined", "copies": 2, "parts": {"base": base, "egemaps": {}}},
    }


@pytest.fixture
def stored(entries, tmp_path):
    """stored(name): the store of an entry on four utterances, with what is kept in tmp_path/kept."""
    for number, name in enumerate(NAMES):
        random = np.random.default_rng(number)
        soundfile.write(tmp_path / f"{name}.wav", 0.1 * random.normal(size=9_000), 16_000, subtype="FLOAT")
    paths = [f"{name}.wav" for name in NAMES]
    manifest = pl.DataFrame({"utterance_id": NAMES, "path": paths, "native_label": ["joy"] * 4}).with_columns(
        **WHOLE_FILES
    )

    def make(name):
        extract(
            manifest, tmp_path, tmp_path / name, inputs.spec(name, entries[name]), f"inputs.{name}", tmp_path / "kept"
        )
        return Store(tmp_path / name)

    return make


def test_a_row_is_those_of_the_parts_and_so_is_that_of_each_copy(stored):
    base, egemaps_, both = (stored(name) for name in ("base", "egemaps", "both"))
    assert both.copies == 2 and both.num_dims == base.num_dims + egemaps_.num_dims
    for name in NAMES:
        for copy in range(3):
            parts = [one.frames(name, copy=copy) for one in (base, egemaps_)]
            assert np.array_equal(both.frames(name, copy=copy), np.concatenate(parts, axis=1))


def test_what_is_stored_is_what_is_computed_of_the_audio(stored, entries, tmp_path):
    both, heard = stored("both"), inputs.of_study(entries, "both")
    sound = audio.load(tmp_path / "u1.wav")
    wanted = heard.compute([sound, *copies(sound, "u1", 2, changes.build(None))])
    for copy, rows in enumerate(wanted):
        assert np.array_equal(both.frames("u1", copy=copy), rows)


@pytest.mark.parametrize("first", ["base", "both"])
def test_parts_and_joined_inputs_share_what_is_kept_of_an_encoder(stored, monkeypatch, first):
    computed = []
    honest = encoder_layers.INPUT.make

    def counted(options):
        found = honest(options)
        inner = found.compute
        object.__setattr__(found, "compute", lambda sounds: (computed.extend(sounds), inner(sounds))[1])
        return found

    monkeypatch.setattr(encoder_layers, "INPUT", type(encoder_layers.INPUT)(encoder_layers.INPUT.options, counted))
    stored(first)
    assert len(computed) == 3 * len(NAMES)
    stored({"base": "both", "both": "base"}[first])
    assert len(computed) == 3 * len(NAMES)


def test_the_facts_are_those_of_both_parts(entries):
    heard = inputs.of_study(entries, "both")
    alone = [inputs.of_study(entries, name) for name in ("base", "egemaps")]
    for stated, part, types in zip(heard.facts["parts"], alone, ("encoder_layers", "egemaps"), strict=True):
        steps = {"steps": heard.facts["steps"]}
        assert stated | steps == {"input_type": types, **part.facts}
    assert "not for commercial use" in heard.facts["licence"]
    assert heard.base == alone[0].base and heard.costly and not heard.exportable
    turned = {"both": entries["both"] | {"parts": dict(reversed(entries["both"]["parts"].items()))}}
    assert inputs.of_study(turned, "both").facts != heard.facts
    assert inputs.of_study(turned, "both").gives == {"split": 88, "encoder": "second", "num_layers": 3}


def test_a_release_answers_audio_as_it_answers_features(stored, entries, tmp_path):
    both, heard = stored("both"), inputs.of_study(entries, "both")
    study = params.load(TOP / "studies" / "embedded.yaml")
    none = {"augmentation": {}, "learning_rate": None, "weight_decay": None}
    classes = ("anger", "fear")
    wanted = recipe(
        study,
        "fusion",
        kind="joined",
        frames_per_s=None,
        classes=classes,
        hyperparameters=dict(heard.gives),
        **none,
    )
    network = solve(wanted, Examples(both, list(NAMES), np.eye(2, dtype=np.float32)[[0, 1, 0, 1]]))
    weights.save([network], tmp_path / "weights.safetensors")
    stated = InputOf.stated(inputs.spec("both", entries["both"]), both.num_dims, both.facts, Base(**heard.base))
    stated = InputOf.model_validate_json(stated.model_dump_json())
    assert stated.options["sha256"] == heard.base["sha256"]
    again = inputs.build(stated.spec)
    assert dict(again.facts) == stated.facts
    one = SimpleNamespace(
        architecture="fusion", hyperparameters=wanted.hyperparameters, num_parameters=network.num_parameters
    )
    [loaded] = weights.load(tmp_path / "weights.safetensors", SimpleNamespace(networks=[one], input=stated), 2)
    rows = again.compute([audio.load(tmp_path / f"{name}.wav") for name in NAMES])
    answered = outputs(loaded, [1] * len(rows), lambda number: rows[number])
    np.testing.assert_allclose(answered, outputs_of(loaded, both, NAMES), atol=1e-5)
    np.testing.assert_allclose(answered, outputs_of(network, both, NAMES), atol=0.02)


def test_an_encoder_of_other_weights_is_refused(entries):
    with pytest.raises(ZooError, match="the weights of"):
        inputs.of_study({"both": entries["both"] | {"sha256": "0" * 64}}, "both")


@pytest.mark.parametrize(
    ("parts", "message", "hint"),
    [
        ({"egemaps": {}, "comprae": {}}, "parts.comprae: unknown type of input 'comprae'", "compare"),
        ({"egemaps": {}, "log_mel": {}}, "parts.log_mel: log_mel has no single row an utterance", "functionals"),
        ({"egemaps": {}}, "inputs.both.parts = ", "at least 2"),
        ({"egemaps": {}, "compare": {}, "third": {"input_type": "egemaps"}}, "inputs.both.parts = ", "at most 2"),
        ({"egemaps": {}, "again": {"input_type": "egemaps"}}, "parts.egemaps and parts.again are the same", "two"),
        ({"egemaps": {}, "joined": {"parts": {}}}, "parts.joined is joined itself", "not joined"),
        ({"egemaps": {"copies": 2}, "compare": {}}, "parts.egemaps states copies", "beside `parts`"),
        ({"egemaps": {"steps": {}}, "compare": {}}, "parts.egemaps states steps", "beside `parts`"),
        ({"egemaps": {"windows": 2}, "compare": {}}, "parts.egemaps has no option 'windows'", ""),
        ({"egemaps": None, "compare": {}}, "inputs.both.parts.egemaps = None", "dictionary"),
    ],
)
def test_parts_that_cannot_be_joined_are_named(parts, message, hint):
    with pytest.raises(ZooError) as caught:
        inputs.of_study({"both": {"input_type": "joined", "parts": parts}}, "both")
    assert message in caught.value.message and hint in caught.value.hint
    assert caught.value.exit_code == WRONG_USAGE


def test_two_encoders_cannot_be_joined_since_a_release_names_one(entries):
    other = {"input_type": "encoder_layers", "checkpoint": checkpoints.tiny(seed=5)}
    parts = {"base": entries["both"]["parts"]["base"], "other": other}
    with pytest.raises(ZooError, match=r"parts.base and parts.other each have a pretrained encoder"):
        inputs.of_study({"both": {"input_type": "joined", "parts": parts}}, "both")


def test_a_library_that_a_part_needs_and_is_missing_is_named(monkeypatch):
    from zoo.inputs import functionals

    functionals._smile.cache_clear()
    monkeypatch.setitem(sys.modules, "opensmile", None)
    heard = inputs.build(Spec("joined", {"parts": {"egemaps": {}, "compare": {}}}))
    with pytest.raises(ZooError, match="the input egemaps needs opensmile") as caught:
        heard.compute([np.ones(2000, np.float32)])
    assert "[functionals]" in caught.value.hint
