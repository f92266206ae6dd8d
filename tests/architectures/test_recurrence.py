"""Recurrence in one direction knows the past alone; the fast GRU of trainings is torch's."""

import pytest
import torch

from zoo.architectures.recurrence import Recurrence


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_one_direction_knows_the_past_alone_and_both_know_the_future_too(cell):
    torch.manual_seed(0)
    frames, lengths = torch.randn(1, 9, 4), torch.tensor([9])
    other = frames.clone()
    other[:, 5:] += 1
    for bidirectional, size in ((False, 8), (True, 16)):
        layer = Recurrence(cell, 4, 8, layers=2, dropout=0.0, bidirectional=bidirectional)
        assert layer.size == size and layer(frames, lengths).shape == (1, 9, size)
        same = torch.allclose(layer(frames, lengths)[:, :5], layer(other, lengths)[:, :5], atol=1e-6)
        assert same is not bidirectional


@pytest.mark.parametrize("bidirectional", [False, True])
def test_a_gru_trains_as_it_answers(bidirectional):
    """With gradients its steps are ours, without them torch's."""
    torch.manual_seed(0)
    layer, frames = Recurrence("gru", 4, 8, 1, 0.0, bidirectional), torch.randn(2, 9, 4)
    lengths = torch.tensor([9, 6])
    ours = layer(frames, lengths)
    with torch.no_grad():
        torch.testing.assert_close(ours, layer(frames, lengths), atol=1e-6, rtol=1e-5)
    ours.square().sum().backward()
    gradient = layer.forwards[0].weight_hh_l0.grad.clone()
    layer.zero_grad()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("zoo.architectures.recurrence._trains_on_processor", lambda frames: False)
        layer(frames, lengths).square().sum().backward()
    torch.testing.assert_close(layer.forwards[0].weight_hh_l0.grad, gradient, atol=1e-4, rtol=1e-4)
