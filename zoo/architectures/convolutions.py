"""Convolutions over time that are not affected by padding."""

from collections.abc import Sequence

from torch import Tensor, nn

from zoo.architectures.normalisation import FrameNorm
from zoo.architectures.recogniser import mask


def strided(lengths: Tensor, stride: int) -> Tensor:
    """Lengths after a convolution with this stride over time, rounded up: (B,) -> (B,)."""
    return (lengths + stride - 1) // stride


class ConvolutionStack(nn.Module):
    """Blocks of one-dimensional convolution over time (bands are channels), batch normalisation, ReLU and dropout.

    kernels: (frames, stride) of each block, the former odd. forward(inputs: (B, T, D), lengths: (B,)) ->
    (B, T', width), (B,), where T' is T divided by all strides, rounded up. Frames beyond an utterance's length are zero
    before every convolution, so they act as its zero padding.
    """

    def __init__(self, num_dims: int, width: int, kernels: Sequence[tuple[int, int]], dropout: float) -> None:
        super().__init__()
        self.strides = [stride for _, stride in kernels]
        inputs = [num_dims] + [width] * (len(kernels) - 1)
        self.convolutions = nn.ModuleList(
            nn.Conv1d(channels, width, size, stride, padding=size // 2, bias=False)
            for channels, (size, stride) in zip(inputs, kernels, strict=True)
        )
        self.norms = nn.ModuleList(FrameNorm(width) for _ in kernels)
        self.dropout = nn.Dropout(dropout)

    def forward(self, inputs: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """(B, T, D) -> (B, T', width), (B,)."""
        frames = inputs
        for convolution, norm, stride in zip(self.convolutions, self.norms, self.strides, strict=True):
            frames = convolution(frames.transpose(1, 2)).transpose(1, 2)
            lengths = strided(lengths, stride)
            frames = self.dropout(norm(frames, mask(lengths, frames.shape[1])).relu())
        return frames, lengths
