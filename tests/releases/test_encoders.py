"""A release on an encoder: its answers are asked again wherever something else might compute them."""

import json
import shutil
from pathlib import Path

import pytest
from fixtures import checkpoints

from zoo import inputs
from zoo.errors import ZooError
from zoo.inputs.contract import Spec
from zoo.releases import GOLDEN, cache
from zoo.releases import load as loading
from zoo.releases.load import load
from zoo.releases.pull import _bring
from zoo.runtime import golden
from zoo.runtime.release import Base

pytest.importorskip("transformers")
EMODB = Path("derived/mini/zoo/statistics/emodb")


@pytest.fixture
def checkpoint(tmp_path):
    """A checkpoint that may be changed."""
    return Path(shutil.copytree(checkpoints.tiny(), tmp_path / "checkpoint"))


@pytest.fixture
def asked(retrained, checkpoint, monkeypatch):
    """asked(): load the model on the encoder; how often its golden answers were asked until now."""
    spec = Spec("encoder_layers", {"checkpoint": str(checkpoint)})
    retrained(spec=spec, base=Base(**inputs.build(spec).base))
    counted = []
    monkeypatch.setattr(loading, "_require_golden", lambda *given: counted.append(given))

    def ask():
        load(EMODB)
        return len(counted)

    assert [ask(), ask()] == [1, 1]
    yield ask
    cache._runtime.cache_clear()


def changed(path, **values):
    known = json.loads(path.read_text()) if path.exists() else {}
    path.write_text(json.dumps(known | values))


@pytest.mark.parametrize("name", ["config.json", "preprocessor_config.json"])
def test_an_altered_file_beside_the_weights_is_asked_for(asked, checkpoint, name):
    changed(checkpoint / name, activation_function="relu")
    assert [asked(), asked()] == [2, 2]


@pytest.mark.parametrize("library", ["transformers", "peft"])
def test_another_version_of_a_library_is_asked_for(asked, monkeypatch, library):
    honest = cache.version
    monkeypatch.setattr(cache, "version", lambda name: "0" if name == library else honest(name))
    cache._runtime.cache_clear()
    assert asked() == 2


@pytest.mark.parametrize("name", ["encoders/whisper.py", "adaptation/lora.py", "audio/level.py"])
def test_code_of_encoders_is_asked_for(asked, monkeypatch, name):
    honest = Path.read_bytes
    monkeypatch.setattr(
        Path, "read_bytes", lambda path: honest(path) + (b"#" if path.as_posix().endswith(f"zoo/{name}") else b"")
    )
    cache._runtime.cache_clear()
    assert asked() == 2


def test_a_model_without_an_encoder_looks_at_nothing_of_encoders(project, monkeypatch):
    load(EMODB)
    monkeypatch.setattr(cache, "_CODE_OF_ENCODER", None)
    load(EMODB)


@pytest.mark.parametrize("own", [True, False])
def test_a_mismatch_names_the_encoder_s_folder_too(retrained, checkpoint, own):
    spec = Spec("encoder_layers", {"checkpoint": str(checkpoint)})
    retrained(**{"spec": spec, "base": Base(**inputs.build(spec).base)} if own else {})
    known = EMODB / GOLDEN
    model = loading.unchecked(loading.read_card(EMODB / "card.json"), EMODB / "weights.safetensors")
    answers = golden.read(known)
    answers.outputs[0][:] += 1
    golden.write(answers, known)
    with pytest.raises(ZooError, match="does not answer as it did") as caught:
        loading._require_golden(model, known)
    assert ("config.json" in caught.value.hint and str(checkpoint) in caught.value.hint) == own
    assert "use zoo " in caught.value.hint


def test_pull_refuses_a_quantised_encoder(checkpoint):
    base = Base(**inputs.build(Spec("encoder_layers", {"checkpoint": str(checkpoint)})).base)
    assert "verified" in _bring(base)
    changed(checkpoint / "config.json", quantization_config={"bits": 8})
    with pytest.raises(ZooError, match="is quantised"):
        _bring(base)
