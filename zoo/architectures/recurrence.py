"""Recurrence in one direction or both that is not affected by padding."""

from typing import Literal

import torch
from torch import Tensor, nn

from zoo.architectures.gru_steps import side_by_side

Cell = Literal["lstm", "gru"]


def reverse(frames: Tensor, lengths: Tensor) -> Tensor:
    """Each utterance back to front within its own length, its padding unchanged: (B, T, D) -> (B, T, D)."""
    steps = torch.arange(frames.shape[1], device=frames.device)
    mirrored = lengths[:, None] - 1 - steps
    index = torch.where(mirrored >= 0, mirrored, steps)
    return frames.gather(1, index[..., None].expand_as(frames))


class Recurrence(nn.Module):
    """LSTM or GRU: (B, T, D), (B,) -> (B, T, size), where size is 2 * hidden, or hidden if it has one direction.

    Every direction runs over the padded batch; the backward one over reversed utterances, so that padding comes last
    for both and changes nothing before it. Packed sequences would do the same, five times slower on processors, and
    cannot be exported to ONNX.
    """

    def __init__(
        self, cell: Cell, num_dims: int, hidden: int, layers: int, dropout: float, bidirectional: bool = True
    ) -> None:
        super().__init__()
        make = nn.LSTM if cell == "lstm" else nn.GRU
        self.size = 2 * hidden if bidirectional else hidden
        widths = [num_dims] + [self.size] * (layers - 1)
        self.forwards = nn.ModuleList(make(width, hidden, batch_first=True) for width in widths)
        self.backwards = nn.ModuleList(make(width, hidden, batch_first=True) for width in widths if bidirectional)
        self.dropout = nn.Dropout(dropout)
        for one in [*self.forwards, *self.backwards]:
            if isinstance(one, nn.LSTM):  # start with open forget gates (Jozefowicz et al. 2015, ICML, section 4)
                nn.init.ones_(one.get_parameter("bias_ih_l0")[hidden : 2 * hidden])

    def forward(self, frames: Tensor, lengths: Tensor) -> Tensor:
        """Each direction starts and ends at the ends of the utterance, not of its padding."""
        frames = frames.float()
        for layer, ahead in enumerate(self.forwards):
            if layer:
                frames = self.dropout(frames)
            if not self.backwards:
                [frames] = _run([ahead], [frames])
                continue
            onward, backward = _run([ahead, self.backwards[layer]], [frames, reverse(frames, lengths)])
            frames = torch.cat([onward, reverse(backward, lengths)], dim=2)
        return frames


def _run(cells: list[nn.Module], inputs: list[Tensor]) -> list[Tensor]:
    """Every cell over its own input: (B, T, D) each -> (B, T, hidden) each."""
    grus = [cell for cell in cells if isinstance(cell, nn.GRU)]
    if grus and _trains_on_processor(inputs[0]):
        return side_by_side(grus, inputs)
    return [cell(frames)[0] for cell, frames in zip(cells, inputs, strict=True)]


def _trains_on_processor(frames: Tensor) -> bool:
    return torch.is_grad_enabled() and frames.device.type == "cpu" and not torch.is_autocast_enabled("cpu")
