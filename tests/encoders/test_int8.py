"""Encoders in int8: near float32 and not equal to it, never in its place, and named wherever it counts."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from fixtures import checkpoints

from zoo import architectures, encoders, inputs
from zoo.encoders import find
from zoo.encoders.checkpoint import VARIABLE
from zoo.encoders.hidden_states import hidden_states
from zoo.encoders.int8 import Linear
from zoo.errors import WRONG_USAGE, ZooError
from zoo.inputs.contract import Spec
from zoo.inputs.kept import Kept
from zoo.releases.readme import _int8
from zoo.runtime import golden
from zoo.runtime.golden import TAKES
from zoo.runtime.release import InputOf
from zoo.synthetic.speech import speak

pytest.importorskip("transformers")
REAL = Path(__file__).parents[3] / "shared" / "encoders"
RATE_HZ = 16_000


def noise(size=RATE_HZ, seed=0):
    return (0.1 * np.random.default_rng(seed).normal(size=size)).astype(np.float32)


def states(encoder, *utterances):
    """(num_states, frames of all, dim)."""
    return np.concatenate([found for _, found in hidden_states(encoder, utterances)], axis=1)


def cosines(one, other):
    """The least of a frame, for each state."""
    lengths = np.linalg.norm(one, axis=2) * np.linalg.norm(other, axis=2)
    return ((one * other).sum(axis=2) / lengths).min(axis=1)


def tiny(folder, kind):
    family, _, norm = kind.partition("-")
    return find(str(checkpoints.whisper(folder) if family == "whisper" else checkpoints.wave(folder, family, norm)))


@pytest.mark.parametrize("kind", ["whisper", "wav2vec2-group", "wavlm-layer"])
def test_the_states_of_int8_are_near_those_of_float32_and_not_equal(tmp_path, kind):
    checkpoint = tiny(tmp_path, kind)
    plain, fast = encoders.load(checkpoint), encoders.load(checkpoint, int8=True)
    one, other = (states(encoder, noise(), noise(seed=1)) for encoder in (plain, fast))
    assert one.shape == other.shape
    assert cosines(one, other).min() > 0.98
    assert not np.array_equal(one[-1], other[-1])
    assert any(isinstance(module, Linear) for module in fast.module.modules())


def entry(**options):
    return {"input_type": "encoder_layers", "checkpoint": checkpoints.tiny(), **options}


def rows(**options):
    return inputs.of_study({"heard": entry(**options)}, "heard").compute([noise()])[0]


@pytest.mark.parametrize("first", [False, True])
def test_both_in_one_process_give_what_each_gives_alone(first):
    alone = {}
    for int8 in (False, True):
        encoders._loaded.cache_clear()
        alone[int8] = rows(int8=int8)
    encoders._loaded.cache_clear()
    for int8 in (first, not first, first):
        np.testing.assert_array_equal(rows(int8=int8), alone[int8])
    assert not np.array_equal(alone[False], alone[True])


def test_facts_and_what_is_kept_tell_int8_from_float32_which_has_those_from_before_it(tmp_path):
    plain, stated, fast = (
        inputs.of_study({"heard": entry(**more)}, "heard") for more in ({}, {"int8": False}, {"int8": True})
    )
    before = {
        "family": "whisper",
        "weights": encoders.sha256_of(find(checkpoints.tiny())),
        "num_layers": 3,
        "pooling": "mean and std",
        "grid": plain.grid.facts,
    }
    assert [*plain.facts.items()] == [*stated.facts.items()]
    assert {key: plain.facts[key] for key in before} == before
    assert {**plain.facts, "linear_layers": "int8"} == fast.facts
    kept = [Kept(tmp_path, one, "float32") for one in (plain, fast)]
    kept[0].put(noise(), plain.compute([noise()])[0])
    assert [one.find(noise()) is None for one in kept] == [False, True]


def release(facts):
    heard = InputOf(input_type="heard", options={}, steps=[], dtype="float32", num_dims=1, facts=facts)
    return SimpleNamespace(input=heard, base=SimpleNamespace(name="tiny"))


def test_a_release_may_answer_a_little_otherwise_on_another_processor():
    plain, fast = (golden.tolerance(release(facts), 1) for facts in ({}, {"linear_layers": "int8"}))
    assert plain == golden.TOLERANCE_OF_ENCODER < fast
    assert golden.tolerance(SimpleNamespace(base=None), 1) == golden.TOLERANCE


def test_the_card_says_it_of_an_input_and_of_a_part_of_one():
    def said(facts):
        return _int8(release(facts))

    plain, fast = (inputs.of_study({"heard": entry(int8=int8)}, "heard").facts for int8 in (False, True))
    assert said(plain) == said({"parts": [plain, {}]}) == []
    [line] = said(fast)
    assert "computes in int8" in line
    assert said({"parts": [{}, fast]}) == [line]


@pytest.mark.parametrize("value", ["yes", 1, None])
def test_only_true_and_false_are_values(value):
    with pytest.raises(ZooError, match=r"inputs\.heard\.int8 = ") as caught:
        inputs.of_study({"heard": entry(int8=value)}, "heard")
    assert caught.value.exit_code == WRONG_USAGE


def test_without_kernels_it_is_refused_and_never_float32(monkeypatch):
    encoders._loaded.cache_clear()
    monkeypatch.setattr(torch.backends, "quantized", SimpleNamespace(engine="none"))
    with pytest.raises(ZooError, match="torch has no kernels for int8") as caught:
        rows(int8=True)
    assert caught.value.hint
    rows()


def test_it_is_computed_on_the_processor_even_beside_a_gpu_and_alike_on_any_number_of_threads(monkeypatch):
    fast = encoders.load(find(checkpoints.tiny()), int8=True)
    threads, heard = torch.get_num_threads(), fast.prepare([noise(3 * RATE_HZ)])
    found = []
    for number in (1, 2):
        torch.set_num_threads(number)
        with torch.inference_mode():
            found.append(fast.states(fast.module, *heard)[0][-1].numpy())
    torch.set_num_threads(threads)
    np.testing.assert_array_equal(*found)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    np.testing.assert_array_equal(states(fast, noise(3 * RATE_HZ))[-1], found[0][0])


def test_what_is_adapted_after_states_in_int8_is_in_float32():
    pytest.importorskip("peft")
    heard = inputs.build(Spec("encoder_states", {"checkpoint": checkpoints.tiny(), "layer": 1, "int8": True}))
    assert not np.array_equal(
        heard.compute([noise()])[0],
        inputs.build(Spec("encoder_states", {"checkpoint": checkpoints.tiny(), "layer": 1})).compute([noise()])[0],
    )
    network = architectures.build("adapted", {**heard.gives, "adaptation": "full"}, heard.num_dims, 2)
    assert not [module for module in network.modules() if isinstance(module, Linear)]
    assert {one.dtype for one in network.parameters()} == {torch.float32}


def test_what_int8_replaces_is_freed():
    plain, fast = (encoders.load(find(checkpoints.tiny()), int8) for int8 in (False, True))
    numbers = [sum(one.numel() for one in encoder.module.parameters()) for encoder in (plain, fast)]
    linear = [one for one in plain.module.modules() if isinstance(one, torch.nn.Linear)]
    assert numbers[0] - numbers[1] == sum(weight.numel() for one in linear for weight in one.parameters())


@pytest.mark.skipif(
    not (REAL / "openai--whisper-base").is_dir(), reason="openai/whisper-base is not beside the project"
)
def test_the_real_whisper_in_int8_hears_speech_nearly_as_in_float32(monkeypatch):
    monkeypatch.setenv(VARIABLE, str(REAL))
    checkpoint, heard = find("openai/whisper-base"), [speak(*take).astype(np.float32) for take in TAKES]
    one, other = (states(encoders.load(checkpoint, int8), *heard) for int8 in (False, True))
    lengths = np.linalg.norm(one, axis=2) * np.linalg.norm(other, axis=2)
    assert ((one * other).sum(axis=2) / lengths).mean(axis=1).min() > 0.94
