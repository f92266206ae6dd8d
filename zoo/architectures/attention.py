"""Self-attention with rotary positions."""

import torch
from torch import Tensor, nn

HEAD = 32  # numbers that a head compares


class SelfAttention(nn.Module):
    """Attention of every step to all that exist (Vaswani et al. 2017, arXiv 1706.03762), with rotary positions.

    forward(steps: (B, T, width), inside: (B, T), True where a step exists) -> (B, T, width). There is a head for every
    32 numbers of the width.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.heads = -(-width // HEAD)
        self.input = nn.Linear(width, 3 * self.heads * HEAD)
        self.output = nn.Linear(self.heads * HEAD, width)

    def forward(self, steps: Tensor, inside: Tensor) -> Tensor:
        """(B, T, width) -> (B, T, width)."""
        batch, number, _ = steps.shape
        three = self.input(steps).reshape(batch, number, 3, self.heads, HEAD)
        query, key, value = three.permute(2, 0, 3, 1, 4).unbind()
        found = nn.functional.scaled_dot_product_attention(
            rotated(query), rotated(key), value, attn_mask=inside[:, None, None]
        )
        mixed: Tensor = self.output(found.transpose(1, 2).reshape(batch, number, self.heads * HEAD))
        return mixed


def rotated(vectors: Tensor, base: float = 10_000.0) -> Tensor:
    """Vectors turned by angles that grow with their position, so that products depend on distances alone.

    vectors: (…, T, D), D even -> the same shape (Su et al. 2021, arXiv 2104.09864, equation 34; as is customary, the
    two numbers of a pair are D / 2 apart).
    """
    number, half = vectors.shape[-2], vectors.shape[-1] // 2
    rates = base ** (-torch.arange(half, device=vectors.device) / half)
    angles = torch.arange(number, device=vectors.device)[:, None] * rates
    cosine, sine = angles.cos().to(vectors.dtype), angles.sin().to(vectors.dtype)
    first, second = vectors[..., :half], vectors[..., half:]
    return torch.cat([first * cosine - second * sine, first * sine + second * cosine], dim=-1)
