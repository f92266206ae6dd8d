"""studies/two_stage.yaml with stand-ins: adapters learn acted speech first, then natural speech."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

pytestmark = pytest.mark.slow
pytest.importorskip("transformers")
STUDY = yaml.safe_load((Path(__file__).parents[2] / "studies/two_stage.yaml").read_text(encoding="utf-8"))


def small(values: dict[str, Any]) -> None:
    """The study itself, of a tiny encoder and made-up corpora, with one configuration of two epochs."""
    values.clear()
    values |= STUDY | {"data": "derived/synthetic", "synthetic": STUDY["corpora"]}
    values["inputs"] = {
        name: entry | {"checkpoint": "tests/tiny", "revision": "0" * 40, "layer": -1}
        for name, entry in STUDY["inputs"].items()
    }
    values["models"]["two_stage"]["start"]["epochs"] = 2
    values["tune"] |= {"num_trials": 1, "max_epochs": 2, "executor": "inline"}
    values["train"] |= {"max_epochs": 2, "refit": False, "executor": "inline"}


def test_the_second_stage_starts_from_acted_speech_and_says_so(project, monkeypatch):
    from fixtures import checkpoints

    encoders, home = project.top.parent / "encoders", project.top.parent / "home"
    checkpoints.whisper(encoders / "tests--tiny")
    home.mkdir()
    for name, value in (("ZOO_ENCODERS", encoders), ("HOME", home), ("HF_HUB_OFFLINE", "1")):
        monkeypatch.setenv(name, str(value))
    project.params(small)
    project.ok("dvc", "repro", "train@two_stage-two_stage")
    trained = project.top / "derived/two_stage/trained/two_stage/iemocap/release.json"
    release = json.loads(trained.read_text(encoding="utf-8"))
    assert release["start"]["corpora"] == ["crema_d"]
    assert release["networks"][0]["hyperparameters"]["adaptation"] == "lora"
