"""Adapted encoders: they start as the encoder, train what they say they train, and hold nothing else."""

import copy

import numpy as np
import pytest
import torch
from fixtures import checkpoints

from zoo import adaptation, architectures, encoders, inputs
from zoo.adaptation.contract import Settings
from zoo.encoders import find
from zoo.encoders.hidden_states import hidden_states
from zoo.errors import ZooError
from zoo.inputs.contract import Spec
from zoo.runtime.device import autocast

pytest.importorskip("peft")
FAMILIES = ["whisper", *checkpoints.WAVES]
WAYS = ["full", "ia3", "lora"]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """made(family): the folder of a tiny checkpoint."""
    known = {}

    def make(family):
        if family not in known:
            folder = tmp_path_factory.mktemp("encoders") / family
            known[family] = str(
                checkpoints.whisper(folder) if family == "whisper" else checkpoints.wave(folder, family)
            )
        return known[family]

    return make


def heard(folder, number=3):
    """The input after the first layer, of utterances of several lengths, in a batch."""
    random = np.random.default_rng(5)
    sounds = [random.standard_normal(size).astype(np.float32) for size in (9000, 4000, 6500)[:number]]
    wanted = inputs.build(Spec("encoder_states", {"checkpoint": folder, "layer": 1}, grid={}))
    rows = [torch.from_numpy(one) for one in wanted.compute(sounds)]
    return wanted, sounds, torch.nn.utils.rnn.pad_sequence(rows, batch_first=True), torch.tensor([*map(len, rows)])


def build(wanted, **settings):
    torch.manual_seed(1)
    given = architectures.get("adapted").given(wanted.gives)
    return architectures.build("adapted", {**given, **settings}, wanted.num_dims, 3)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("way", ["frozen", *WAYS])
def test_an_adapted_encoder_starts_as_the_encoder_itself(made, family, way):
    wanted, sounds, rows, lengths = heard(made(family))
    model = build(wanted, adaptation=way).eval()
    with torch.no_grad():
        found = model.network.tail(rows, lengths)[-1]
    each = dict(hidden_states(encoders.loaded(find(made(family))), sounds))
    for number, length in enumerate(lengths):
        np.testing.assert_allclose(found[number, :length].numpy(), each[number][-1], atol=2e-5)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("way", WAYS)
def test_every_weight_that_is_to_be_trained_gets_a_gradient_and_no_other_changes(made, family, way):
    wanted, _, rows, lengths = heard(made(family))
    model = build(wanted, adaptation=way).train()
    trained = {name: one for name, one in model.network.tail.named_parameters() if one.requires_grad}
    before = {name: value.clone() for name, value in model.network.tail.state_dict().items()}
    assert trained
    optimiser = torch.optim.AdamW([one for one in model.parameters() if one.requires_grad], lr=1e-2)
    for _ in range(2):  # the gradient of the first factor of LoRA is 0 until the second one has moved
        optimiser.zero_grad()
        torch.nn.functional.cross_entropy(model(rows, lengths), torch.tensor([0, 1, 2])).backward()
        optimiser.step()
    after = model.network.tail.state_dict()
    moved = {name for name, value in after.items() if not torch.equal(value, before[name])}
    # a bias of keys moves all attention scores of a query alike, which changes nothing
    assert {name for name in trained if not name.endswith("k_proj.bias")} <= moved <= set(trained)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("way", ["frozen", *WAYS])
def test_the_state_holds_what_is_trained_alone_and_brings_back_the_answers(made, family, way):
    wanted, _, rows, lengths = heard(made(family))
    model = build(wanted, adaptation=way)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.requires_grad:
                parameter += 0.01 * torch.randn_like(parameter)
    state = model.state_dict()
    assert sum(state[name].numel() for name in state if name not in ("mean", "std")) == model.num_parameters
    torch.manual_seed(9)
    other = build(wanted, adaptation=way)
    other.load_state_dict(copy.deepcopy(state))
    with torch.no_grad():
        torch.testing.assert_close(other.eval()(rows, lengths), model.eval()(rows, lengths))
    if way != "frozen":
        del state[next(name for name in state if ".tail." in name)]
        with pytest.raises(RuntimeError, match="Missing key"):
            other.load_state_dict(state)


def test_two_networks_on_one_encoder_do_not_change_each_other(made):
    wanted, _, rows, lengths = heard(made("whisper"))
    first = build(wanted, adaptation="full").eval()
    with torch.no_grad():
        before = first(rows, lengths)
        second = build(wanted, adaptation="lora")
        for parameter in second.parameters():
            parameter.zero_()
        torch.testing.assert_close(first(rows, lengths), before)


def test_weights_of_the_encoder_learn_at_their_own_rate(made):
    from zoo.training.optimiser import groups_of

    wanted, *_ = heard(made("whisper"))
    groups = {group["share"]: group["params"] for group in groups_of(build(wanted, encoder_rate=0.25))}
    assert set(groups) == {0.25, 1.0}
    plain = architectures.build("cnn", {}, 64, 3)
    assert [group["share"] for group in groups_of(plain)] == [1.0]
    assert len(groups_of(plain)[0]["params"]) == len(list(plain.parameters()))


@pytest.mark.parametrize("layer", [2, -3, 7])
def test_a_layer_that_does_not_exist_is_refused(made, layer):
    with pytest.raises(ZooError, match="has 2 layers"):
        inputs.build(Spec("encoder_states", {"checkpoint": made("whisper"), "layer": layer}))


def test_a_place_that_an_encoder_does_not_have_is_refused(made):
    encoder = encoders.loaded(find(made("wavlm")))
    with pytest.raises(ZooError, match="no low-rank changes in 'attention'"):
        adaptation.get("lora").apply(encoder.tail(1), encoder, Settings("attention"))


def gradients(model, rows, lengths, precision="float32"):
    with autocast("adapted", precision, torch.device("cpu")):
        found = model(rows, lengths)
    loss = torch.nn.functional.cross_entropy(found.float(), torch.arange(len(rows)))
    loss.backward()
    return loss.item(), {name: one.grad for name, one in model.named_parameters() if one.requires_grad}


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("way", ["frozen", *WAYS])
def test_checkpointing_computes_layers_twice_and_changes_no_gradient(made, family, way):
    wanted, _, rows, lengths = heard(made(family))
    found = {}
    for checkpointing in (False, True):
        model, calls = build(wanted, adaptation=way, dropout=0.0, checkpointing=checkpointing).train(), []
        norm = next(one for one in model.network.tail.layers[0].modules() if isinstance(one, torch.nn.LayerNorm))
        norm.register_forward_hook(lambda *_, calls=calls: calls.append(1))
        torch.manual_seed(3)
        found[checkpointing] = gradients(model, rows, lengths)
        assert len(calls) == (2 if checkpointing and way != "frozen" else 1)
        assert not [name for name in model.state_dict() if "checkpoint" in name]
    assert found[True][0] == found[False][0]
    for name, one in found[False][1].items():
        torch.testing.assert_close(found[True][1][name], one, atol=1e-6, rtol=1e-6)


@pytest.mark.parametrize("checkpointing", [False, True])
@pytest.mark.parametrize("family", FAMILIES)
def test_bfloat16_multiplies_in_the_encoder_too_and_trains_weights_in_float32(made, family, checkpointing):
    wanted, _, rows, lengths = heard(made(family))
    model = build(wanted, dropout=0.0, adaptation="full", checkpointing=checkpointing).eval()
    exact, _ = gradients(model, rows, lengths)
    model.zero_grad()
    model.train()
    heard_in, linear = [], next(one for one in model.network.tail.layers[0].modules() if type(one) is torch.nn.Linear)
    linear.register_forward_hook(lambda module, given, result: heard_in.append(result.dtype))
    loss, found = gradients(model, rows, lengths, "bfloat16")
    assert set(heard_in) <= {torch.bfloat16}
    assert loss == pytest.approx(exact, rel=0.3)
    assert {one.dtype for one in found.values()} == {torch.float32}
    assert all(one.isfinite().all() for one in found.values())


@pytest.mark.parametrize("way", ["frozen", *WAYS])
def test_an_adapted_encoder_starts_from_what_another_one_has_learned(made, way):
    from zoo.tasks import build as task_of
    from zoo.training.start import Weights, begin

    wanted, _, rows, lengths = heard(made("whisper"))
    first, second = (build(wanted, adaptation=way).eval() for _ in range(2))
    with torch.no_grad():
        for parameter in first.parameters():
            parameter.add_(0.1 * parameter.requires_grad)
    readings = task_of({}, "categorical", ("a", "b", "c")).readings
    begin(second, Weights(first.state_dict(), readings), readings)
    with torch.no_grad():
        assert torch.equal(first(rows, lengths), second(rows, lengths))
    with pytest.raises(ZooError, match="not those of such a network"):
        begin(build(wanted, adaptation="lora", rank=2), Weights(first.state_dict(), readings), readings)
