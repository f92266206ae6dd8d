"""Convolutions over time that are not affected by padding."""

from collections.abc import Sequence

from torch import Tensor, nn

from zoo.architectures.recogniser import mask


class ConvolutionStack(nn.Module):
    """Blocks of one-dimensional convolution over time (bands are channels), batch normalisation, ReLU and dropout.

    kernels: (frames, stride) of each block. forward(inputs: (B, T, D), lengths: (B,)) -> (B, T', width), (B,), where
    T' is T divided by all strides, rounded up. Frames beyond an utterance's length are zero before every
    convolution, so they act as its zero padding.
    """

    def __init__(self, num_dims: int, width: int, kernels: Sequence[tuple[int, int]], dropout: float) -> None:
        super().__init__()
        self.strides = [stride for _, stride in kernels]
        inputs = [num_dims] + [width] * (len(kernels) - 1)
        self.convolutions = nn.ModuleList(
            nn.Conv1d(channels, width, size, stride, padding=size // 2, bias=False)
            for channels, (size, stride) in zip(inputs, kernels, strict=True)
        )
        self.norms = nn.ModuleList(nn.BatchNorm1d(width) for _ in kernels)
        self.dropout = nn.Dropout(dropout)

    def forward(self, inputs: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """(B, T, D) -> (B, T', width), (B,)."""
        maps = inputs.transpose(1, 2)
        for convolution, norm, stride in zip(self.convolutions, self.norms, self.strides, strict=True):
            maps = norm(convolution(maps)).relu()
            lengths = (lengths + stride - 1) // stride
            maps = self.dropout(maps * mask(lengths, maps.shape[2])[:, None])
        return maps.transpose(1, 2), lengths
