"""Weights on disk are those of the networks, within the limits of size, or an error that says what is wrong."""

from types import SimpleNamespace

import pytest
import torch

from zoo import architectures
from zoo.architectures import recogniser
from zoo.errors import ZooError
from zoo.runtime import weights


def facts(*networks, dims=6):
    described = [
        SimpleNamespace(architecture="cnn", hyperparameters={"width": 32}, num_parameters=one.num_parameters)
        for one in networks
    ]
    return SimpleNamespace(networks=described, input=SimpleNamespace(num_dims=dims))


def network(seed, width=32):
    torch.manual_seed(seed)
    return architectures.build("cnn", {"width": width}, 6, 3)


def test_networks_come_back_in_their_order(tmp_path):
    saved = [network(seed) for seed in range(3)]
    weights.save(saved, tmp_path / "weights.safetensors")
    found = weights.load(tmp_path / "weights.safetensors", facts(*saved), 3)
    for one, other in zip(saved, found, strict=True):
        assert not other.training
        for name, value in one.state_dict().items():
            assert other.state_dict()[name].dtype == value.dtype
            torch.testing.assert_close(other.state_dict()[name], value, rtol=1e-3, atol=1e-3)


def test_equal_networks_are_equal_bytes(tmp_path):
    for name in ("a", "b"):
        weights.save([network(1), network(2)], tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_weight_too_large_for_half_precision_keeps_its_value(tmp_path):
    large = network(1)
    large.mean.fill_(1e6)
    weights.save([large], tmp_path / "w")
    assert weights.load(tmp_path / "w", facts(large), 3)[0].mean[0] == 1e6


def test_weights_that_are_not_numbers_are_not_saved(tmp_path):
    spoilt = network(1)
    spoilt.std[2] = float("nan")
    with pytest.raises(ZooError, match="std holds values that are not numbers"):
        weights.save([network(2), spoilt], tmp_path / "w")
    assert not list(tmp_path.iterdir())


def test_the_limit_of_parameters_holds_for_all_networks_together_that_of_bytes_for_each(tmp_path, monkeypatch):
    small = network(1)
    monkeypatch.setattr(recogniser, "MAX_PARAMETERS", 2 * small.num_parameters)
    weights.save([small, network(2)], tmp_path / "w")
    weights.load(tmp_path / "w", facts(small, small), 3)
    with pytest.raises(ZooError, match="parameters in"):
        weights.save([small, network(2, width=64)], tmp_path / "larger")
    with pytest.raises(ZooError, match="parameters in 3 networks"):
        weights.save([small, network(2), network(3)], tmp_path / "more")
    monkeypatch.setattr(weights, "BYTES", 0.1)
    with pytest.raises(ZooError, match="parameters in"):
        weights.load(tmp_path / "w", facts(small, small), 3)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda given: setattr(given.networks[0], "hyperparameters", {"width": 24}), "hyperparameters"),
        (lambda given: setattr(given.networks[0], "hyperparameters", {"depth": 64}), "hyperparameter of cnn 'depth'"),
        (lambda given: setattr(given.networks[0], "architecture", "bilstm"), "hyperparameter"),
        (lambda given: setattr(given.networks[0], "num_parameters", 7), "7 are stated"),
        (lambda given: setattr(given.input, "num_dims", 7), "hyperparameters"),
        (lambda given: given.networks.append(given.networks[0]), "does not hold 2 networks"),
    ],
)
def test_what_does_not_fit_is_named(tmp_path, change, named):
    weights.save([network(1)], tmp_path / "w")
    given = facts(network(1))
    change(given)
    with pytest.raises(ZooError, match=named):
        weights.load(tmp_path / "w", given, 3)
