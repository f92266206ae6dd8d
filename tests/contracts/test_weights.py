"""The weights of every architecture come back from disk in half precision, and answer as before."""

from types import SimpleNamespace

import pytest
import torch
from fixtures.promises import DIMS, OUTPUTS, build, given, utterances
from safetensors.torch import load_file

from zoo import architectures
from zoo.runtime import weights

EVERY = [(name, kind) for name in architectures.names() for kind in sorted(architectures.get(name).kinds)]


@pytest.mark.parametrize(("name", "kind"), EVERY)
def test_weights_come_back_from_disk_in_half_precision(name, kind, tmp_path):
    model = build(architectures.get(name), kind, {})
    batch, lengths = utterances(kind, [40, 30, 25, 9])
    model(batch, lengths)  # moves batch normalisation's averages
    model.eval()
    weights.save([model], tmp_path / "w.safetensors")
    stored = load_file(tmp_path / "w.safetensors")
    standardisation = {f"0.{one}" for one in weights.STANDARDISATION}
    assert {str(stored.pop(one).dtype) for one in standardisation} == {"torch.float32"}
    assert {str(value.dtype) for value in stored.values() if value.is_floating_point()} == {"torch.float16"}
    settings = architectures.get(name).given(given(kind))
    network = SimpleNamespace(architecture=name, hyperparameters=settings, num_parameters=model.num_parameters)
    release = SimpleNamespace(networks=[network], input=SimpleNamespace(num_dims=DIMS[kind]))
    [back] = weights.load(tmp_path / "w.safetensors", release, OUTPUTS)
    assert not back.training and all(value.dtype == torch.float32 for value in back.parameters())
    torch.testing.assert_close(back(batch, lengths), model(batch, lengths), atol=0.02, rtol=0.02)
    weights.save([back], tmp_path / "again.safetensors")
    assert (tmp_path / "again.safetensors").read_bytes() == (tmp_path / "w.safetensors").read_bytes()
