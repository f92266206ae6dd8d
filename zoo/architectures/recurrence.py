"""Bidirectional recurrence that is not affected by padding, and the network shared by bilstm and bigru."""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

from zoo.architectures.contract import FRAMES, Architecture
from zoo.architectures.gru_steps import side_by_side
from zoo.architectures.pooling import AttentionPooling

Kind = Literal["lstm", "gru"]
FRAMES_PER_STEP = 4  # time is proportional to the number of steps; 40 ms still resolve syllables


def reverse(frames: Tensor, lengths: Tensor) -> Tensor:
    """Each utterance back to front within its own length, its padding unchanged: (B, T, D) -> (B, T, D)."""
    steps = torch.arange(frames.shape[1], device=frames.device)
    mirrored = lengths[:, None] - 1 - steps
    index = torch.where(mirrored >= 0, mirrored, steps)
    return frames.gather(1, index[..., None].expand_as(frames))


class Recurrence(nn.Module):
    """Bidirectional LSTM or GRU: (B, T, D), (B,) -> (B, T, 2 * hidden).

    Every direction runs over the padded batch; the backward one over reversed utterances, so that padding comes last
    for both and changes nothing before it. Packed sequences would do the same, five times slower on processors.
    """

    def __init__(self, kind: Kind, num_dims: int, hidden: int, layers: int, dropout: float) -> None:
        super().__init__()
        make = nn.LSTM if kind == "lstm" else nn.GRU
        widths = [num_dims] + [2 * hidden] * (layers - 1)
        self.forwards = nn.ModuleList(make(width, hidden, batch_first=True) for width in widths)
        self.backwards = nn.ModuleList(make(width, hidden, batch_first=True) for width in widths)
        self.dropout = nn.Dropout(dropout)
        for cell in [*self.forwards, *self.backwards]:
            if isinstance(cell, nn.LSTM):  # start with open forget gates (Jozefowicz et al. 2015, ICML, section 4)
                nn.init.ones_(cell.get_parameter("bias_ih_l0")[hidden : 2 * hidden])

    def forward(self, frames: Tensor, lengths: Tensor) -> Tensor:
        """Both directions start and end at the ends of the utterance, not of its padding."""
        frames = frames.float()
        for layer, (ahead, back) in enumerate(zip(self.forwards, self.backwards, strict=True)):
            if layer:
                frames = self.dropout(frames)
            onward, backward = self._both(ahead, back, frames, reverse(frames, lengths))
            frames = torch.cat([onward, reverse(backward, lengths)], dim=2)
        return frames

    def _both(self, ahead: nn.Module, back: nn.Module, frames: Tensor, mirrored: Tensor) -> list[Tensor]:
        """The two directions, each over its own input: (B, T, D) -> (B, T, hidden)."""
        if isinstance(ahead, nn.GRU) and isinstance(back, nn.GRU) and _trains_on_processor(frames):
            return side_by_side([ahead, back], [frames, mirrored])
        return [ahead(frames)[0], back(mirrored)[0]]


def _trains_on_processor(frames: Tensor) -> bool:
    return torch.is_grad_enabled() and frames.device.type == "cpu" and not torch.is_autocast_enabled("cpu")


def frame_groups(frames: Tensor, lengths: Tensor, size: int) -> tuple[Tensor, Tensor]:
    """Every `size` neighbouring frames as one longer frame; the last one is padded with zeros.

    (B, T, D), (B,) -> (B, ceil(T / size), size * D), (B,).
    """
    batch, num_frames, num_dims = frames.shape
    frames = nn.functional.pad(frames, (0, 0, 0, -num_frames % size))
    return frames.reshape(batch, -1, size * num_dims), (lengths + size - 1) // size


@dataclass(frozen=True)
class Hyperparameters:
    hidden: int = 64
    layers: int = 1
    dropout: float = 0.1


class RecurrentNetwork(nn.Module):
    """A projection of frame groups, bidirectional recurrence, attention pooling: (B, T, D), (B,) -> (B, E)."""

    def __init__(self, kind: Kind, num_dims: int, settings: Hyperparameters) -> None:
        super().__init__()
        width = 96
        self.input = nn.Sequential(
            nn.Linear(FRAMES_PER_STEP * num_dims, width), nn.LayerNorm(width), nn.ReLU(), nn.Dropout(settings.dropout)
        )
        self.recurrence = Recurrence(kind, width, settings.hidden, settings.layers, settings.dropout)
        self.pooling = AttentionPooling(2 * settings.hidden)
        self.dropout = nn.Dropout(settings.dropout)
        self.embedding_size = 4 * settings.hidden

    def forward(self, inputs: Tensor, lengths: Tensor) -> Tensor:
        """Frames beyond the lengths are ignored."""
        frames, lengths = frame_groups(inputs, lengths, FRAMES_PER_STEP)
        frames = self.recurrence(self.input(frames), lengths)
        embedding: Tensor = self.dropout(self.pooling(frames, lengths))
        return embedding


def architecture(name: str, kind: Kind) -> Architecture:
    """The recurrent network of a kind, with the same search space for both."""

    def network(num_dims: int, settings: Hyperparameters) -> RecurrentNetwork:
        return RecurrentNetwork(kind, num_dims, settings)

    return Architecture(
        name=name,
        hyperparameters=Hyperparameters,
        network=network,
        search_space={"hidden": (48, 64, 96), "layers": (1, 2), "dropout": (0.05, 0.1, 0.2, 0.3)},
        kinds=FRAMES,
    )
