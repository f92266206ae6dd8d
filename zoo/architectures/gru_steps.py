"""GRUs in parallel with an explicit gradient: on processors torch has a fused LSTM, but no fused GRU.

Equal to `torch.nn.GRU` up to rounding, for training on processors; takes about a third of the time.
"""

from typing import Any

import torch
from torch import Tensor, nn


def side_by_side(cells: list[nn.GRU], inputs: list[Tensor]) -> list[Tensor]:
    """Every cell over its own input: (B, T, D) each -> (B, T, H) each, from zero states; cells of one size.

    The equations are those of torch.nn.GRU (Cho et al. 2014, arXiv 1406.1078, reset gate after the matrix product):
    h' = (1 - z) tanh(Wx + b + r (Uh + c)) + z h.
    """
    batch, steps, dims = inputs[0].shape
    number = len(cells)
    weights, biases = _stacked(cells, "weight_ih_l0"), _stacked(cells, "bias_ih_l0")
    rows = torch.stack(inputs).reshape(number, batch * steps, dims)
    gates = torch.baddbmm(biases[:, None], rows, weights.transpose(1, 2)).reshape(number, batch, steps, -1)
    states = _Steps.apply(  # type: ignore[no-untyped-call]
        gates.permute(2, 0, 1, 3).contiguous(), _stacked(cells, "weight_hh_l0"), _stacked(cells, "bias_hh_l0")
    )
    return [state.transpose(0, 1) for state in states.unbind(1)]


def _stacked(cells: list[nn.GRU], name: str) -> Tensor:
    return torch.stack([cell.get_parameter(name) for cell in cells])


class _Steps(torch.autograd.Function):
    """gates (T, N, B, 3H), the inputs' part of reset, update and new; weight (N, 3H, H), bias (N, 3H) of the states.

    Returns the states (T, N, B, H).
    """

    @staticmethod
    def forward(ctx: Any, gates: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        """Step by step."""
        steps, number, batch, width = gates.shape
        size = width // 3
        states = gates.new_zeros(steps + 1, number, batch, size)
        open_, new, inner = (gates.new_empty(steps, number, batch, part) for part in (2 * size, size, size))
        own = gates.new_empty(number, batch, width)
        own_open, own_new = own[..., : 2 * size], own[..., 2 * size :]
        transposed, offset = weight.transpose(1, 2).contiguous(), bias[:, None]
        given = zip(
            gates[..., : 2 * size].unbind(),
            gates[..., 2 * size :].unbind(),
            states[:-1].unbind(),
            states[1:].unbind(),
            open_.unbind(),
            open_[..., :size].unbind(),
            open_[..., size:].unbind(),
            new.unbind(),
            inner.unbind(),
            strict=True,
        )
        for gate, last, state, after, both, reset, update, candidate, kept in given:
            torch.baddbmm(offset, state, transposed, out=own)
            torch.add(gate, own_open, out=both).sigmoid_()
            kept.copy_(own_new)
            torch.addcmul(last, reset, kept, out=candidate).tanh_()
            torch.lerp(candidate, state, update, out=after)
        ctx.save_for_backward(weight, states, open_, new, inner)
        return states[1:]

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        """From the last step to the first; what does not depend on later steps is computed for all at once."""
        weight, states, open_, new, inner = ctx.saved_tensors
        gradient = gradients[0]
        steps, number, batch, size = new.shape
        reset, update = open_[..., :size], open_[..., size:]
        # of a state's gradient, the share that reaches each gate before its sigmoid or tanh
        to_new = (1 - update) * (1 - new * new)
        to_update = (states[:-1] - new) * update * (1 - update)
        to_inner = to_new * reset
        to_reset = to_inner * inner * (1 - reset)
        shares = torch.stack([to_reset, to_update, to_inner], dim=3)
        of_gates = gradient.new_empty(steps, number, batch, 3, size)
        of_states = gradient.new_empty(steps, number, batch, size)
        onward = gradient.new_zeros(number, batch, size)
        given = zip(
            of_states.unbind(),
            gradient.unbind(),
            shares.unbind(),
            of_gates.unbind(),
            of_gates.view(steps, number, batch, 3 * size).unbind(),
            update.unbind(),
            strict=True,
        )
        for here, added, share, parts, flat, carried in reversed(list(given)):
            torch.add(onward, added, out=here)
            torch.mul(share, here[:, :, None], out=parts)
            torch.mul(here, carried, out=onward)
            onward.baddbmm_(flat, weight)
        rows = of_gates.transpose(0, 1).reshape(number, steps * batch, 3 * size)
        of_weight = rows.transpose(1, 2) @ states[:-1].transpose(0, 1).reshape(number, steps * batch, size)
        of_bias = rows.sum(dim=1)
        of_gates[:, :, :, 2] = of_states * to_new
        return of_gates.view(steps, number, batch, 3 * size), of_weight, of_bias
