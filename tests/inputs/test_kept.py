"""What is kept of an encoder is found again by the same encoder, code and libraries only."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fixtures import checkpoints

from zoo import inputs
from zoo.dependencies import closure, syntax
from zoo.inputs.kept import Kept

pytest.importorskip("transformers")
SOUND = (0.1 * np.random.default_rng(0).normal(size=8000)).astype(np.float32)


@pytest.fixture
def checkpoint(tmp_path):
    """A checkpoint that may be changed."""
    return Path(shutil.copytree(checkpoints.tiny(), tmp_path / "checkpoint"))


def heard(folder):
    return inputs.of_study({"heard": {"input_type": "encoder_layers", "checkpoint": str(folder)}}, "heard")


@pytest.fixture
def kept(checkpoint, tmp_path):
    """kept(): the rows of SOUND that are found now, if they are."""
    one = heard(checkpoint)
    Kept(tmp_path / "kept", one, "float32").put(SOUND, one.compute([SOUND])[0])
    return lambda: Kept(tmp_path / "kept", heard(checkpoint), "float32").find(SOUND)


@pytest.mark.parametrize(("key", "value"), [("activation_function", "relu"), ("encoder_attention_heads", 4)])
def test_another_configuration_of_the_encoder_computes_anew(checkpoint, kept, key, value):
    before = heard(checkpoint)
    assert kept() is not None
    path = checkpoint / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {key: value}))
    after = heard(checkpoint)
    assert after.facts == before.facts and kept() is None
    # nor is the encoder that this process has loaded taken for the one that is there now
    assert not np.array_equal(after.compute([SOUND])[0], before.compute([SOUND])[0])


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("zoo/encoders/whisper.py", False),
        ("zoo/inputs/encoder_layers.py", False),
        ("zoo/inputs/encoder_frames.py", True),
        ("zoo/checks/features.py", True),
    ],
)
def test_an_edit_of_the_code_that_computes_the_rows_computes_anew(kept, monkeypatch, name, found):
    honest = syntax.read
    assert kept() is not None
    edited = closure.TOP / name
    monkeypatch.setattr(
        syntax, "read", lambda path: replace(honest(path), digest="another") if path == edited else honest(path)
    )
    assert (kept() is not None) == found


@pytest.mark.parametrize("library", ["transformers", "torch"])
def test_another_version_of_a_library_computes_anew(kept, monkeypatch, library):
    honest = closure._version
    assert kept() is not None
    monkeypatch.setattr(closure, "_version", lambda name: "0" if name == library else honest(name))
    assert kept() is None
