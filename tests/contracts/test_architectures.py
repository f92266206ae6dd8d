"""What every architecture promises, on every front-end it takes and in every corner of its search space."""

import itertools
import json

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from zoo import architectures
from zoo import inputs as front_ends
from zoo.architectures.contract import MAX_PARAMETERS
from zoo.errors import WRONG_USAGE, ZooError
from zoo.runtime import weights

CLASSES = 7


def corners(name):
    """The defaults, and every combination of the least and the greatest value of each hyperparameter."""
    space = architectures.get(name).search_space
    ends = [(min(values), max(values)) for values in space.values()]
    return [{}, *(dict(zip(space, values, strict=True)) for values in itertools.product(*ends))]


CASES = [
    pytest.param(name, front_end, settings, id=f"{name}-{front_end}-{json.dumps(settings)}")
    for name in architectures.names()
    for front_end in architectures.get(name).front_ends
    for settings in corners(name)
]
every_corner = pytest.mark.parametrize(("name", "front_end", "settings"), CASES)
every_default = pytest.mark.parametrize(
    ("name", "front_end"),
    [(name, front_end) for name in architectures.names() for front_end in architectures.get(name).front_ends],
)


@pytest.fixture(autouse=True)
def one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def build(name, front_end, settings, seed=0):
    torch.manual_seed(seed)
    model = architectures.build(name, settings, front_ends.get(front_end).num_dims, CLASSES)
    model.mean, model.deviation = model.mean + 0.5, model.deviation * 2
    return model


def inputs(front_end, lengths, seed=1):
    torch.manual_seed(seed)
    batch = 2 * torch.randn(len(lengths), max(lengths), front_ends.get(front_end).num_dims) + 0.5
    for row, length in enumerate(lengths):
        batch[row, length:] = 0
    return batch, torch.tensor(lengths)


@every_corner
def test_the_contract(name, front_end, settings):
    model = build(name, front_end, settings)
    batch, lengths = inputs(front_end, [37, 23, 1, 30])

    # size as stated
    stated = sum(value.numel() for value in model.network.parameters())
    assert model.num_parameters == stated <= MAX_PARAMETERS == 500_000

    # gradients reach every trainable parameter
    logits = model(batch, lengths)
    assert logits.shape == (4, CLASSES) and logits.isfinite().all()
    torch.nn.functional.cross_entropy(logits, torch.tensor([0, 1, 2, 3])).backward()
    for parameter_name, parameter in model.named_parameters():
        assert parameter.grad is not None and parameter.grad.isfinite().all(), parameter_name
        assert parameter.grad.abs().max() > 1e-7, parameter_name

    # padding and batch mates change nothing, whatever is in the padding
    model.eval()
    with torch.no_grad():
        together = model(batch, lengths)
        longer = torch.nn.functional.pad(batch, (0, 0, 0, 41))
        assert (model(longer, lengths) - together).abs().max() <= 1e-4
        for row, length in enumerate(lengths.tolist()):
            longer[row, length:] = 100
            alone = model(batch[row : row + 1, :length], lengths[row : row + 1])
            assert (alone - together[row]).abs().max() <= 1e-4
        assert (model(longer, lengths) - together).abs().max() <= 1e-4

        # the same seed gives the same network and the same logits
        again = build(name, front_end, settings)
        assert all(
            torch.equal(one, other)
            for one, other in zip(
                again.network.parameters(), build(name, front_end, settings).network.parameters(), strict=True
            )
        )
        assert torch.equal(model(batch, lengths), together)


@every_default
def test_another_seed_is_another_network(name, front_end):
    one, other = build(name, front_end, {}, seed=0), build(name, front_end, {}, seed=1)
    batch, lengths = inputs(front_end, [20, 30])
    assert not torch.equal(one.eval()(batch, lengths), other.eval()(batch, lengths))


@every_default
def test_weights_come_back_from_disk_in_half_precision(name, front_end, tmp_path):
    model = build(name, front_end, {})
    batch, lengths = inputs(front_end, [40, 30, 25, 9])
    model(batch, lengths)  # moves batch normalisation's averages
    model.eval()
    weights.save(model, tmp_path / "w.safetensors")
    stored = load_file(tmp_path / "w.safetensors")
    assert {str(value.dtype) for value in stored.values() if value.is_floating_point()} == {"torch.float16"}
    facts = {
        "architecture": name,
        "hyperparameters": {},
        "num_dims": front_ends.get(front_end).num_dims,
        "classes": list(range(CLASSES)),
    }
    back = weights.load(tmp_path / "w.safetensors", facts)
    assert not back.training and all(value.dtype == torch.float32 for value in back.parameters())
    torch.testing.assert_close(back(batch, lengths), model(batch, lengths), atol=0.02, rtol=0.02)
    weights.save(back, tmp_path / "again.safetensors")
    assert (tmp_path / "again.safetensors").read_bytes() == (tmp_path / "w.safetensors").read_bytes()


def test_a_weight_too_large_for_half_precision_keeps_its_own(tmp_path):
    model = build("statistics", "log_mel", {})
    model.deviation[0] = 70_000.0
    weights.save(model, tmp_path / "w.safetensors")
    stored = load_file(tmp_path / "w.safetensors")
    assert stored["deviation"][0] == 70_000.0 and stored["mean"].dtype == torch.float16


def test_a_weight_that_is_not_a_number_is_not_saved(tmp_path):
    model = build("statistics", "log_mel", {})
    model.mean[3] = float("nan")
    with pytest.raises(ZooError, match="mean holds values that are not numbers"):
        weights.save(model, tmp_path / "w.safetensors")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("content", "changes"),
    [(None, {"classes": [1, 2]}), (None, {"num_dims": 10}), (None, {"architecture": "bigru"}), (b"damaged", {})],
)
def test_weights_that_do_not_fit_are_rejected(tmp_path, content, changes):
    path = tmp_path / "w.safetensors"
    weights.save(build("cnn", "log_mel", {}), path)
    if content:
        path.write_bytes(content)
    facts = {"architecture": "cnn", "hyperparameters": {}, "num_dims": 64, "classes": list(range(CLASSES))} | changes
    with pytest.raises(ZooError, match=r"w\.safetensors does not hold the weights of"):
        weights.load(path, facts)


@every_default
def test_eight_utterances_can_be_learnt_by_heart(name, front_end):
    model = build(name, front_end, {"dropout": 0.0})
    lengths = [20, 24, 16, 22, 20, 18, 24, 21]
    batch, lengths = inputs(front_end, lengths)
    classes = torch.arange(8) % 4
    for row, number in enumerate(classes.tolist()):
        batch[row, : lengths[row], 8 * number : 8 * number + 8] += 1
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-2)
    for _ in range(60):
        loss = torch.nn.functional.cross_entropy(model(batch, lengths), classes)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if loss < 0.01:
            break
    model.eval()
    assert (model(batch, lengths).argmax(dim=1) == classes).all()


@every_default
@pytest.mark.parametrize("length", [1, 2, 3, 5])
def test_very_short_utterances_are_answered(name, front_end, length):
    model = build(name, front_end, {}).eval()
    batch, lengths = inputs(front_end, [length])
    assert model(batch, lengths).isfinite().all()


@every_default
def test_silence_is_answered(name, front_end):
    model = build(name, front_end, {}).eval()
    batch = torch.from_numpy(front_ends.get(front_end).compute(np.zeros(8000, np.float32)))[None]
    assert model(batch, torch.tensor([batch.shape[1]])).isfinite().all()


@pytest.mark.parametrize("name", architectures.names())
def test_an_unknown_hyperparameter_is_named(name):
    with pytest.raises(ZooError, match=f"unknown hyperparameter of {name} 'dropuot'") as caught:
        architectures.build(name, {"dropuot": 0.1}, 64, CLASSES)
    assert "dropout" in caught.value.hint and caught.value.exit_code == WRONG_USAGE


def test_an_unknown_architecture_is_answered_with_the_nearest_one():
    with pytest.raises(ZooError, match="unknown architecture 'cnn_lstn'") as caught:
        architectures.get("cnn_lstn")
    assert "cnn_lstm" in caught.value.hint


@pytest.mark.parametrize("name", architectures.names())
def test_an_architecture_states_what_the_search_needs(name):
    architecture = architectures.get(name)
    assert architecture.name == name
    assert set(architecture.front_ends) <= set(front_ends.names()) and architecture.front_ends
    sound = architecture.hyperparameters()
    for hyperparameter, values in architecture.search_space.items():
        assert getattr(sound, hyperparameter) in values
        assert len(set(values)) == len(values) > 1
