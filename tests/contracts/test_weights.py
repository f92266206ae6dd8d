"""The weights of every architecture come back from disk; what does not fit is refused."""

import pytest
import torch
from fixtures.promises import DIMS, OUTPUTS, build, utterances
from safetensors.torch import load_file

from zoo import architectures
from zoo.errors import ZooError
from zoo.runtime import weights

EVERY = [(name, kind) for name in architectures.names() for kind in sorted(architectures.get(name).kinds)]


def network(name, kind="bands"):
    return build(architectures.get(name), kind, {})


def facts_of(name, kind="bands"):
    return {"architecture": name, "hyperparameters": {}, "num_dims": DIMS[kind], "num_outputs": OUTPUTS}


@pytest.mark.parametrize(("name", "kind"), EVERY)
def test_weights_come_back_from_disk_in_half_precision(name, kind, tmp_path):
    model = network(name, kind)
    batch, lengths = utterances(kind, [40, 30, 25, 9])
    model(batch, lengths)  # moves batch normalisation's averages
    model.eval()
    weights.save(model, tmp_path / "w.safetensors")
    stored = load_file(tmp_path / "w.safetensors")
    assert {str(value.dtype) for value in stored.values() if value.is_floating_point()} == {"torch.float16"}
    back = weights.load(tmp_path / "w.safetensors", facts_of(name, kind))
    assert not back.training and all(value.dtype == torch.float32 for value in back.parameters())
    torch.testing.assert_close(back(batch, lengths), model(batch, lengths), atol=0.02, rtol=0.02)
    weights.save(back, tmp_path / "again.safetensors")
    assert (tmp_path / "again.safetensors").read_bytes() == (tmp_path / "w.safetensors").read_bytes()


def test_a_weight_too_large_for_half_precision_keeps_its_own(tmp_path):
    model = network("statistics")
    model.std[0] = 70_000.0
    weights.save(model, tmp_path / "w.safetensors")
    stored = load_file(tmp_path / "w.safetensors")
    assert stored["std"][0] == 70_000.0 and stored["mean"].dtype == torch.float16


def test_a_weight_that_is_not_a_number_is_not_saved(tmp_path):
    model = network("statistics")
    model.mean[3] = float("nan")
    with pytest.raises(ZooError, match="mean holds values that are not numbers"):
        weights.save(model, tmp_path / "w.safetensors")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("content", "changes"),
    [(None, {"num_outputs": 2}), (None, {"num_dims": 10}), (None, {"architecture": "bigru"}), (b"damaged", {})],
)
def test_weights_that_do_not_fit_are_rejected(tmp_path, content, changes):
    path = tmp_path / "w.safetensors"
    weights.save(network("cnn"), path)
    if content:
        path.write_bytes(content)
    with pytest.raises(ZooError, match=r"w\.safetensors does not hold the weights of"):
        weights.load(path, facts_of("cnn") | changes)
