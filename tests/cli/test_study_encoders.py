"""`zoo study check` of models on pretrained encoders."""

import pytest
from fixtures import checkpoints
from fixtures.studies import changed

from zoo.encoders import checkpoint


def on_an_encoder(values):
    """Models on every input that is made by an encoder, and one that learns from them."""
    tiny = checkpoints.tiny()
    values["inputs"] |= {
        "states": {"input_type": "encoder_states", "checkpoint": tiny, "layer": 0},
        "layers": {"input_type": "encoder_layers", "checkpoint": tiny},
        "frames": {"input_type": "encoder_frames", "checkpoint": tiny, "layers": [1, 2]},
    }
    values["models"] |= {
        **{
            way: {"architecture": "adapted", "input": "states", "fixed": {"adaptation": way}}
            for way in ("full", "lora", "ia3")
        },
        "ridge": {"architecture": "layer_ridge", "input": "layers"},
        "attention": {"architecture": "layer_attention", "input": "frames"},
        "distilled": {"architecture": "cnn", "input": "log_mel", "teacher": {"model": "ridge"}},
    }
    values["train"]["augmentation"] |= {key: {} for key in ("encoder_states", "encoder_layers", "encoder_frames")}


def test_models_on_an_encoder_are_checked_with_what_their_input_gives(studies):
    pytest.importorskip("peft")
    assert changed(on_an_encoder).exit_code == 0

    def mistaken(values):
        on_an_encoder(values)
        values["models"]["lora"]["fixed"]["place"] = "elbow"
        values["models"]["ia3"]["fixed"]["adaptation"] = "ia4"
        values["models"]["distilled"]["teacher"]["model"] = "attention"
        values["inputs"]["frames"]["layers"] = [3]

    said = changed(mistaken).stderr
    for message in (
        "models.lora.fixed: adapted with place = 'elbow': this encoder has no low-rank changes in 'elbow'",
        "models.ia3.fixed: adapted with adaptation = 'ia4': unknown way of adaptation 'ia4'",
        "models.distilled.teacher: attention is not fitted at once",
        "inputs.frames: layers names 3, but",
    ):
        assert message in said
    assert said.count("error:") == 4


def test_without_its_encoder_a_study_has_one_mistake_and_none_of_its_models(studies):
    pytest.importorskip("transformers")

    def change(values):
        on_an_encoder(values)
        for name in ("states", "layers", "frames"):
            values["inputs"][name]["checkpoint"] = "someone/encoder"

    said = changed(change).stderr
    assert "inputs.states: there is no checkpoint someone/encoder on this machine" in said
    assert said.count("error:") == 1


def with_fusion(values):
    parts = {"tiny": {"input_type": "encoder_layers", "checkpoint": checkpoints.tiny()}, "egemaps": {}}
    values["inputs"]["both"] = {"input_type": "joined", "parts": parts}
    values["models"]["fused"] = {"architecture": "fusion", "input": "both"}
    values["train"]["augmentation"]["joined"] = {}


def test_fusion_is_checked_with_its_parts_and_a_mistake_in_one_is_said_once(studies):
    pytest.importorskip("transformers")
    assert changed(with_fusion).exit_code == 0, changed(with_fusion).output

    def mistaken(values):
        with_fusion(values)
        values["inputs"]["both"]["parts"]["egemap"] = values["inputs"]["both"]["parts"].pop("egemaps")

    said = changed(mistaken).stderr
    assert "inputs.both: parts.egemap: unknown type of input 'egemap'" in said and "egemaps" in said
    assert said.count("error:") == 1

    def wrongly_fixed(values):
        with_fusion(values)
        values["models"]["fused"]["fixed"] = {"head_a": "rigde", "weight": 2.0}

    said = changed(wrongly_fixed).stderr
    assert "models.fused.fixed: fusion with head_a = 'rigde': head_a = 'rigde': one of logistic, ridge, svm" in said
    assert "models.fused.fixed: fusion with weight = 2.0: weight = 2.0: 0 to 1" in said
    assert said.count("error:") == 2

    def elsewhere(values):
        with_fusion(values)
        values["models"]["fused"]["input"] = "log_mel"

    assert "models.fused: fusion takes joined, but the input log_mel is of the kind bands" in changed(elsewhere).stderr


def test_where_the_hub_does_not_answer_the_other_mistakes_of_an_input_are_named_too(studies, monkeypatch):
    pytest.importorskip("transformers")
    import httpx2
    import huggingface_hub as hub

    def unreached(*_, **__):
        raise httpx2.ConnectError("no answer")

    monkeypatch.delenv(checkpoint.VARIABLE, raising=False)
    monkeypatch.setattr(checkpoint, "_UNREACHED", {})
    monkeypatch.setattr(hub.HfApi, "model_info", unreached)

    def change(values):
        on_an_encoder(values)
        values["inputs"]["layers"] |= {"checkpoint": "someone/encoder", "revision": "0a" * 20, "steps": {"trimm": {}}}
        values["inputs"]["frames"] |= {"checkpoint": "someone/encoder", "revision": "0a" * 20, "grid": {"stepp": 1}}

    said = changed(change).stderr
    assert f"inputs.layers: someone/encoder at {'0a' * 20} is not on this machine and cannot be brought" in said
    assert "inputs.layers: unknown step before an input 'trimm'" in said
    assert "inputs.frames.grid has no option 'stepp'" in said
    assert said.count("error:") == 3
