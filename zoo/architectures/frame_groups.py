"""Groups of frames as the steps of networks whose time is proportional to the number of steps, or to its square."""

from torch import Tensor, nn

from zoo.architectures.convolutions import strided

FRAMES_PER_STEP = 4  # 40 ms still resolve syllables


def frame_groups(frames: Tensor, lengths: Tensor, size: int) -> tuple[Tensor, Tensor]:
    """Every `size` neighbouring frames as one longer frame; the last one is padded with zeros.

    (B, T, D), (B,) -> (B, ceil(T / size), size * D), (B,).
    """
    batch, num_frames, num_dims = frames.shape
    frames = nn.functional.pad(frames, (0, 0, 0, -num_frames % size))
    return frames.reshape(batch, -1, size * num_dims), strided(lengths, size)


class FrameGroups(nn.Sequential):
    """A projection of groups of frames: (B, T, D), (B,) -> (B, ceil(T / FRAMES_PER_STEP), width), (B,)."""

    def __init__(self, num_dims: int, width: int, dropout: float) -> None:
        super().__init__(
            nn.Linear(FRAMES_PER_STEP * num_dims, width), nn.LayerNorm(width), nn.ReLU(), nn.Dropout(dropout)
        )

    def forward(self, inputs: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:  # type: ignore[override]
        """(B, T, D) -> (B, T', width), (B,)."""
        groups, lengths = frame_groups(inputs, lengths, FRAMES_PER_STEP)
        steps: Tensor = super().forward(groups)  # type: ignore[no-untyped-call]
        return steps, lengths
