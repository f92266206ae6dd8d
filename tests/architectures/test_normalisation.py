"""Batch normalisation over the frames that exist is that of torch on these frames alone."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from zoo.architectures.normalisation import FrameNorm
from zoo.architectures.recogniser import mask


@settings(max_examples=30, deadline=None)
@given(lengths=st.lists(st.integers(1, 6), min_size=2, max_size=4), bands=st.sampled_from([(), (3,)]))
@pytest.mark.parametrize("training", [True, False])
def test_it_is_torchs_on_the_frames_that_exist(training, lengths, bands):
    torch.manual_seed(0)
    maps, inside = torch.randn(len(lengths), 8, *bands, 5) + 2, mask(torch.tensor(lengths), 8)
    norm, torchs = FrameNorm(5), torch.nn.BatchNorm1d(5)
    for one in (norm, torchs):
        one.train(training)
    found, wanted = norm(maps, inside), torchs(maps[inside].reshape(-1, 5))
    torch.testing.assert_close(found[inside].reshape(-1, 5), wanted, atol=1e-5, rtol=1e-5)
    assert not found[~inside].any()
    torch.testing.assert_close(norm.running_mean, torchs.running_mean)
    torch.testing.assert_close(norm.running_var, torchs.running_var)
