"""A model on a pretrained encoder, from the study to an answer, and an encoder that is not the one it was made with."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import safetensors.numpy

pytestmark = pytest.mark.slow
pytest.importorskip("transformers")
# a commit, without which nobody else could bring it
ENCODER = {"checkpoint": "tests/tiny", "revision": "0" * 40}


def only_an_encoder(values: dict[str, Any]) -> None:
    values |= {"study": "encoder", "corpora": ["emodb"], "synthetic": ["emodb"]}
    values["labels"], values["folds"] = ({"emodb": values[key]["emodb"]} for key in ("labels", "folds"))
    values["inputs"] = {
        "tiny": {"input_type": "encoder_layers", **ENCODER, "copies": 1},
        "tiny_states": {"input_type": "encoder_states", **ENCODER, "layer": -1},
    }
    values["models"] = {
        "tiny_ridge": {"architecture": "layer_ridge", "input": "tiny", "num_trials": 2},
        "tiny_probe": {"architecture": "layer_probe", "input": "tiny"},
        "tiny_lora": {"architecture": "adapted", "input": "tiny_states", "fixed": {"adaptation": "lora"}},
    }
    values["train"]["augmentation"] |= {"encoder_layers": {}, "encoder_states": {}}


def test_a_model_on_an_encoder_goes_from_repro_to_an_answer_and_knows_its_encoder(project, monkeypatch):
    from fixtures import checkpoints

    encoders, home = project.top.parent / "encoders", project.top.parent / "home"
    checkpoint = checkpoints.whisper(encoders / "tests--tiny")
    home.mkdir()
    for name, value in (("ZOO_ENCODERS", encoders), ("HOME", home), ("HF_HUB_OFFLINE", "1")):
        monkeypatch.setenv(name, str(value))
    project.params(only_an_encoder)
    project.ok("dvc", "repro")
    kept = {path.name for path in (project.top / "derived/scratch/inputs").rglob("*.npy")}
    assert kept

    said = project.ok("zoo", "publish", "encoder", "--to", "models")
    assert "tiny_ridge@emodb:0.1.0 (SYNTHETIC) published" in said and "tiny_probe@emodb:0.1.0" in said
    card = json.loads((project.top / "models/tiny_ridge/emodb/0.1.0/card.json").read_text())
    base = card["release"]["base"]
    assert base["name"] == "tests/tiny" and base["num_bytes"] == (checkpoint / "model.safetensors").stat().st_size
    assert str(project.top.parent) not in json.dumps(card)
    assert len(card["release"]["networks"]) == 1
    assert card["release"]["input"]["copies"] == 1 and card["release"]["tuned"]["groups"] == 5
    assert "tests/tiny" in project.ok("zoo", "show", "tiny_ridge@emodb")
    assert "it builds on the encoder tests/tiny (" in project.ok("zoo", "pull", "tiny_probe@emodb:0.1.0")

    sound = next((project.top / "derived/synthetic/emodb").rglob("*.wav"))
    ask = ("zoo", "predict", sound, "--model")
    for name in ("tiny_ridge", "tiny_lora"):
        assert sound.name in project.ok(*ask, f"{name}@emodb:0.1.0")
    delta = project.top / "models/tiny_lora/emodb/0.1.0/weights.safetensors"
    assert not [name for name in safetensors.numpy.load_file(delta) if "base_layer" in name or "fc1" in name]

    assert project.stale() == set()
    swapped(checkpoint)
    stale = {"features", "check_features", "tune", "train", "predict", "package"}
    assert {name.partition("@")[0] for name in project.stale()} == stale
    for name in ("tiny_ridge", "tiny_lora"):
        refused = project.run(*ask, f"{name}@emodb:0.1.0")
        assert refused.returncode == 1 and "the weights of tests/tiny" in refused.stdout
        assert base["sha256"] in refused.stdout and "Traceback" not in refused.stdout

    shutil.rmtree(checkpoint)
    missing = project.run(*ask, "tiny_lora@emodb:0.1.0")
    assert missing.returncode == 1 and "is not on this machine and cannot be brought" in missing.stdout


def swapped(checkpoint: Path) -> None:
    """The encoder's last layer is exchanged with the first."""
    from fixtures import checkpoints

    def change(weights: dict[str, Any]) -> dict[str, Any]:
        first, last = "encoder.layers.0.", "encoder.layers.1."
        names = {name: name.replace(first, "?").replace(last, first).replace("?", last) for name in weights}
        return {names[name]: value for name, value in weights.items()}

    checkpoints.renamed(checkpoint, change)
