"""Batch normalisation that is not affected by padding."""

import torch
from torch import Tensor, nn


class FrameNorm(nn.BatchNorm1d):
    """Batch normalisation (Ioffe & Szegedy 2015, arXiv 1502.03167) over the frames that exist.

    forward(maps: (B, T, …, C), inside: (B, T), True where a frame belongs to its utterance) -> (B, T, …, C), zero
    elsewhere. In training too the other frames have no part in mean and variance.
    """

    def forward(self, maps: Tensor, inside: Tensor) -> Tensor:  # type: ignore[override]
        """(B, T, …, C) -> (B, T, …, C)."""
        if not self.training:
            normed = super().forward(maps.reshape(-1, self.num_features)).reshape(maps.shape)
            return normed * inside.reshape(*inside.shape, *[1] * (maps.dim() - 2))
        frames, known = maps.flatten(0, 1), inside.flatten().nonzero().squeeze(1)
        existing = frames.index_select(0, known)
        normed = super().forward(existing.reshape(-1, self.num_features)).reshape(existing.shape)
        zeros = torch.zeros(frames.shape, dtype=normed.dtype, device=normed.device)
        return zeros.index_copy(0, known, normed).reshape(maps.shape)
