"""Encoders: whole weights or an error, and hidden states that no company changes."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from fixtures import checkpoints

from zoo import encoders
from zoo.encoders import find, memory, whisper
from zoo.encoders.checkpoint import VARIABLE
from zoo.encoders.hidden_states import hidden_states
from zoo.errors import ZooError

pytest.importorskip("transformers")
REAL = Path(__file__).parents[3] / "shared" / "encoders"
RATE_HZ = 16_000


def noise(size, seed=0):
    return (0.1 * np.random.default_rng(seed).normal(size=size)).astype(np.float32)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """made(kind): the folder of a tiny checkpoint; whisper, or a family of waves and its norm."""
    top, known = tmp_path_factory.mktemp("encoders"), {}

    def make(kind):
        if kind not in known:
            family, _, norm = kind.partition("-")
            folder = top / kind
            known[kind] = checkpoints.whisper(folder) if family == "whisper" else checkpoints.wave(folder, family, norm)
        return known[kind]

    return make


@pytest.fixture
def copy(made, tmp_path):
    """copy(kind): a checkpoint that may be spoilt."""
    return lambda kind: Path(shutil.copytree(made(kind), tmp_path / kind))


def loaded(folder):
    return encoders.load(find(str(folder)))


def states(encoder, utterances):
    return [found for _, found in sorted(hidden_states(encoder, utterances), key=lambda pair: pair[0])]


KINDS = ["whisper", "wav2vec2-layer", "wav2vec2-group", "hubert-layer", "hubert-group", "wavlm-layer", "wavlm-group"]


@pytest.mark.parametrize("kind", KINDS)
def test_an_encoder_has_the_sizes_that_its_config_states_and_a_frame_for_every_step(made, kind):
    found = find(str(made(kind)))
    family = encoders.family_of(found)
    encoder = encoders.load(found)
    assert family == kind.partition("-")[0]
    sizes = encoders.get(family).sizes(found.config)
    assert (encoder.num_states, encoder.dim, encoder.frames_per_s) == sizes == (3, 16, 50)
    [one] = states(encoder, [noise(2 * RATE_HZ)])
    assert one.shape[0] == 3 and one.shape[2] == 16
    assert one.shape[1] == pytest.approx(2 * encoder.frames_per_s, abs=1)
    assert not encoder.module.training and np.isfinite(one).all()


@pytest.mark.parametrize("kind", KINDS)
def test_filling_up_changes_nothing_where_lengths_may_be_mixed(made, kind):
    encoder = loaded(made(kind))
    assert encoder.together == (not kind.endswith("group"))
    utterances = [noise(20_001), noise(9_000, 1)] if encoder.together else [noise(9_000), noise(9_000, 1)]
    inputs, lengths = encoder.prepare(utterances)
    with torch.inference_mode():
        found, left = encoder.states(encoder.module, inputs, lengths)
    for place, alone in enumerate(states(encoder, utterances)):
        together = torch.stack(found, 1)[place, :, : left[place]].numpy()
        np.testing.assert_allclose(together, alone, atol=2e-5)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [1, 399, 401])
def test_what_is_shorter_than_a_frame_is_filled_up(made, kind, size):
    [one] = states(loaded(made(kind)), [noise(size)])
    assert one.shape[1] >= 1 and np.isfinite(one).all()


def test_whisper_at_30_s_answers_as_the_class_of_transformers(made):
    from transformers import WhisperFeatureExtractor

    encoder = loaded(made("whisper"))
    sound = noise(30 * RATE_HZ)
    heard = WhisperFeatureExtractor(feature_size=80)(sound, sampling_rate=RATE_HZ, return_tensors="pt").input_features
    with torch.inference_mode():
        wanted = encoder.module(heard).last_hidden_state[0].numpy()
    np.testing.assert_array_equal(states(encoder, [sound])[0][-1], wanted)


@pytest.mark.parametrize("kind", ["whisper", "wav2vec2-layer"])
def test_what_is_longer_than_30_s_is_heard_whole_in_parts_of_equal_length(made, kind):
    encoder, long = loaded(made(kind)), noise(40 * RATE_HZ)
    short, whole, one, two = states(encoder, [noise(RATE_HZ), long, long[: 20 * RATE_HZ], long[20 * RATE_HZ :]])
    np.testing.assert_array_equal(whole, np.concatenate([one, two], axis=1))
    assert short.shape[1] == pytest.approx(50, abs=1)


def test_the_threads_of_whoever_asks_stay_as_they_were(made):
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        states(loaded(made("whisper")), [noise(RATE_HZ)])
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


@pytest.mark.parametrize("prefix", ["", "encoder.", "model.encoder."])
def test_whisper_is_found_whole_under_all_names_that_it_is_saved_under(made, copy, prefix):
    wanted = states(loaded(made("whisper")), [noise(8000)])[0]

    def change(weights):
        own = {name.removeprefix("model.encoder."): one for name, one in weights.items() if "decoder" not in name}
        return {prefix + name: one for name, one in own.items() if not name.startswith("proj_out")}

    np.testing.assert_array_equal(
        states(loaded(checkpoints.renamed(copy("whisper"), change)), [noise(8000)])[0], wanted
    )


@pytest.mark.parametrize("kind", ["whisper", "wav2vec2-layer", "hubert-group", "wavlm-layer"])
def test_weights_under_unknown_names_are_an_error_and_never_random(copy, kind):
    folder = checkpoints.renamed(copy(kind), lambda weights: {f"other.{name}": one for name, one in weights.items()})
    with pytest.raises(ZooError, match="which would be random"):
        loaded(folder)


@pytest.mark.parametrize("kind", ["whisper", "wav2vec2-layer"])
def test_a_single_weight_that_is_missing_or_of_another_shape_is_named(copy, kind):
    name = next(one for one in ("model.encoder.layers.1.fc1.bias", "encoder.layers.1.feed_forward.output_dense.bias"))
    name = name if kind == "whisper" else "encoder.layers.1.feed_forward.output_dense.bias"
    lost = checkpoints.renamed(copy(kind), lambda weights: {key: one for key, one in weights.items() if key != name})
    short = name.removeprefix("model.encoder.")
    with pytest.raises(ZooError, match=rf"lacks 1 weights, such as {short}"):
        loaded(lost)


def test_a_weight_of_another_shape_is_named(copy):
    def change(weights):
        return {key: one[:3].clone() if key == "model.encoder.conv1.bias" else one for key, one in weights.items()}

    with pytest.raises(ZooError, match=r"not of the shape that config.json states, such as conv1.bias"):
        loaded(checkpoints.renamed(copy("whisper"), change))


def test_half_precision_is_computed_in_float32(made, copy):
    half = checkpoints.renamed(copy("whisper"), lambda weights: {name: one.half() for name, one in weights.items()})
    encoder = loaded(half)
    assert {one.dtype for one in encoder.module.parameters()} == {torch.float32}
    np.testing.assert_allclose(
        states(encoder, [noise(8000)])[0], states(loaded(made("whisper")), [noise(8000)])[0], atol=0.05
    )


def spoil(folder, **changes):
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


SPOILT = {
    "is missing, so": lambda folder: (folder / "config.json").unlink(),
    "cannot be read": lambda folder: (folder / "config.json").write_text("{"),
    "states no model_type": lambda folder: (folder / "config.json").write_text("{}"),
    "has no weights": lambda folder: (folder / "model.safetensors").unlink(),
    "is no whole file of safetensors": lambda folder: (folder / "model.safetensors").write_bytes(b"\1" * 99),
    "is quantised": lambda folder: spoil(folder, quantization_config={"bits": 4}),
}


@pytest.mark.parametrize("message", SPOILT)
def test_a_checkpoint_that_is_none_or_not_whole_is_one_message(copy, message):
    folder = copy("whisper")
    SPOILT[message](folder)
    with pytest.raises(ZooError, match=message) as caught:
        loaded(folder)
    assert caught.value.hint


def test_a_half_downloaded_file_is_one_message(copy):
    path = copy("wav2vec2-layer") / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(ZooError, match="cannot be loaded"):
        loaded(path.parent)


def test_an_index_names_the_files_that_there_must_be(copy):
    folder = copy("whisper")
    (folder / "model.safetensors").unlink()
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": {"a": "model-2.safetensors"}}))
    with pytest.raises(ZooError, match=r"lacks model-2.safetensors"):
        loaded(folder)


def test_a_model_of_text_is_refused(tmp_path):
    from transformers import BertConfig, BertModel

    BertModel(
        BertConfig(hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=8)
    ).save_pretrained(tmp_path / "bert")
    with pytest.raises(ZooError, match="of the type bert, which hears no speech"):
        loaded(tmp_path / "bert")


def test_where_memory_does_not_suffice_it_is_said_before_anything_is_loaded(made, monkeypatch):
    folder = made("whisper")
    number = sum(parameter.numel() for parameter in loaded(folder).module.parameters())
    monkeypatch.setattr(memory, "available", lambda: 4 * number - 1)
    monkeypatch.setattr(whisper, "FAMILY", replace(whisper.FAMILY, load=lambda checkpoint: pytest.fail("loaded")))
    with pytest.raises(ZooError, match=r"GB of memory, and .* GB are free"):
        encoders.load(find(str(folder)))


def test_the_sha256_is_that_of_the_weights_and_another_one_is_refused(made):
    folder = made("whisper")
    known = encoders.sha256_of(find(str(folder)))
    assert encoders.base_of(find(str(folder), sha256=known))["sha256"] == known
    with pytest.raises(ZooError, match=f"have the sha256 {known}, not {'0' * 64}"):
        find(str(folder), sha256="0" * 64)


@pytest.mark.skipif(
    not (REAL / "openai--whisper-base").is_dir(), reason="openai/whisper-base is not beside the project"
)
def test_the_real_whisper_is_whole(monkeypatch):
    monkeypatch.setenv(VARIABLE, str(REAL))
    encoder = encoders.load(find("openai/whisper-base"))
    assert (encoder.num_states, encoder.dim, encoder.frames_per_s) == (7, 512, 50.0)
    assert sum(one.numel() for one in encoder.module.parameters()) == 20_590_592


def test_the_hash_of_an_encoder_is_the_same_for_every_file_that_holds_it(tmp_path):
    """In half precision, without decoder, under the names of the encoder alone, in several files."""
    whole = checkpoints.whisper(tmp_path / "whole")
    checkpoints.renamed(whole, lambda weights: {name: value.half().float() for name, value in weights.items()})
    known = encoders.sha256_of(find(str(whole)))

    def alone(weights):
        return {name.removeprefix("model.encoder."): value for name, value in weights.items() if "encoder." in name}

    changes = {
        "half": lambda weights: {name: value.half() for name, value in weights.items()},
        "bare": lambda weights: {name: value for name, value in alone(weights).items() if "decoder" not in name},
        "as_bfloat16": lambda weights: {name: value.bfloat16() for name, value in weights.items()},
        "other": lambda weights: {name: value + 0.01 for name, value in weights.items()},
    }
    found = {}
    for name, change in changes.items():
        folder = shutil.copytree(whole, tmp_path / name)
        found[name] = encoders.sha256_of(find(str(checkpoints.renamed(folder, change))))
    assert found["half"] == found["bare"] == known
    assert known not in (found["as_bfloat16"], found["other"])

    split = shutil.copytree(whole, tmp_path / "split")
    halves = checkpoints.halved(split)
    assert len(find(str(split)).weights) == 2 and encoders.sha256_of(find(str(split))) == known
    halves[0].write_bytes(halves[0].read_bytes()[:-5])
    with pytest.raises(ZooError, match="no whole file of safetensors"):
        encoders.sha256_of(find(str(split)))


@pytest.mark.parametrize("family", checkpoints.WAVES)
def test_a_head_and_older_names_of_weights_change_no_hash_and_no_state(tmp_path, family):
    plain = checkpoints.wave(tmp_path / "plain", family)
    older = shutil.copytree(plain, tmp_path / "older")
    parts = {"parametrizations.weight.original0": "weight_g", "parametrizations.weight.original1": "weight_v"}

    def change(weights):
        named = {}
        for name, value in weights.items():
            for new, old in parts.items():
                name = name.replace(new, old)
            named[f"{family}.{name}"] = value
        return named | {"lm_head.weight": torch.ones(2, 2)}

    checkpoints.renamed(older, change)
    one, other = find(str(plain)), find(str(older))
    assert encoders.sha256_of(one) == encoders.sha256_of(other)
    sound = [np.random.default_rng(0).standard_normal(4000).astype(np.float32)]
    states = [next(hidden_states(encoders.load(found), sound))[1] for found in (one, other)]
    np.testing.assert_array_equal(*states)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("first", [0, 1])
def test_the_layers_after_a_state_give_the_states_of_the_whole_encoder_for_any_lengths(made, kind, first):
    encoder = encoders.load(find(str(made(kind))))
    random = np.random.default_rng(2)
    sounds = [random.standard_normal(size).astype(np.float32) for size in (4000, 9000, 6500)]
    each = dict(hidden_states(encoder, sounds))
    states = [torch.from_numpy(each[number]) for number in range(3)]
    lengths = torch.tensor([one.shape[1] for one in states])
    heard = torch.nn.utils.rnn.pad_sequence([one[first] for one in states], batch_first=True)
    tail = encoder.tail(first).eval()
    with torch.inference_mode():
        found = tail(heard, lengths)
    assert len(found) == encoder.num_states - 1 - first
    for row, (own, length) in enumerate(zip(states, lengths, strict=True)):
        for number, state in enumerate(found, first + 1):
            torch.testing.assert_close(state[row, :length], own[number], atol=2e-5, rtol=1e-4)
