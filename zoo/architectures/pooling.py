"""Pooling over time."""

import torch
from torch import Tensor, nn

from zoo.architectures.recogniser import mask


class AttentionPooling(nn.Module):
    """Mean and standard deviation over time, weighted by learnt attention (Okabe et al. 2018, arXiv 1803.10963).

    forward(frames: (B, T, D), lengths: (B,)) -> (B, 2 * D); frames beyond the lengths have no weight.
    """

    def __init__(self, num_dims: int, hidden: int = 64) -> None:
        super().__init__()
        self.score = nn.Sequential(nn.Linear(num_dims, hidden), nn.Tanh(), nn.Linear(hidden, 1, bias=False))

    def forward(self, frames: Tensor, lengths: Tensor) -> Tensor:
        """(B, T, D) -> (B, 2 * D)."""
        scores = self.score(frames).squeeze(-1).float()
        scores = scores.masked_fill(~mask(lengths, frames.shape[1]), -torch.inf)
        weights = scores.softmax(dim=1)[..., None]
        frames = frames.float()
        mean = (weights * frames).sum(dim=1)
        variance = (weights * (frames - mean[:, None]).square()).sum(dim=1)
        return torch.cat([mean, (variance + 1e-5).sqrt()], dim=1)
