"""Attention sees distances, and nothing beyond an utterance."""

import torch

from zoo.architectures.attention import SelfAttention, rotated
from zoo.architectures.recogniser import mask


def test_products_of_rotated_vectors_depend_on_their_distance_alone():
    torch.manual_seed(0)
    one, other = (torch.randn(32).expand(50, 32) for _ in range(2))
    products = rotated(one) @ rotated(other).T
    for distance in (-20, -1, 0, 1, 20):
        diagonal = products.diagonal(distance)
        torch.testing.assert_close(diagonal, diagonal[:1].expand_as(diagonal), atol=1e-3, rtol=1e-3)
    assert (products[0] - products[0, 0]).abs().max() > 0.1  # but on distance they do
    torch.testing.assert_close(rotated(one).norm(dim=-1), one.norm(dim=-1))


def test_positions_start_at_zero():
    one = torch.randn(3, 32)
    assert torch.equal(rotated(one)[0], one[0]) and not torch.allclose(rotated(one)[1], one[1])


def test_steps_that_do_not_exist_have_no_weight():
    torch.manual_seed(0)
    attention, steps = SelfAttention(48), torch.randn(1, 9, 48)
    inside = mask(torch.tensor([5]), 9)
    torch.testing.assert_close(attention(steps, inside)[:, :5], attention(steps[:, :5], inside[:, :5]))
