"""Residual convolutions over time and frequency that are not affected by padding."""

from collections.abc import Sequence

from torch import Tensor, nn

from zoo.architectures.convolutions import strided
from zoo.architectures.normalisation import FrameNorm
from zoo.architectures.recogniser import mask

Stride = tuple[int, int]  # over time, over frequency

STEM_SIZE, STEM_STRIDE = 7, (2, 4)


class Convolution(nn.Module):
    """A convolution over time and frequency, and batch normalisation.

    forward(maps: (B, T, F, C), lengths: (B,)) -> (B, T', F', outputs), (B,), where T' and F' are T and F divided by the
    strides, rounded up; frames beyond the lengths are zero. Channels come last: processors compute that faster.
    """

    def __init__(self, inputs: int, outputs: int, size: int, stride: Stride = (1, 1)) -> None:
        super().__init__()
        self.stride = stride[0]
        self.convolution = nn.Conv2d(inputs, outputs, size, stride, padding=size // 2, bias=False)
        self.norm = FrameNorm(outputs)

    def forward(self, maps: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """(B, T, F, C) -> (B, T', F', outputs), (B,)."""
        maps = self.convolution(maps.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)
        lengths = strided(lengths, self.stride)
        return self.norm(maps, mask(lengths, maps.shape[1])), lengths


class Block(nn.Module):
    """Two 3 × 3 convolutions beside a shortcut (He et al. 2016, arXiv 1512.03385): as Convolution, after ReLU."""

    def __init__(self, inputs: int, outputs: int, stride: Stride) -> None:
        super().__init__()
        self.stride = stride
        self.first = Convolution(inputs, outputs, 3, stride)
        self.second = Convolution(outputs, outputs, 3)
        # a 1 × 1 convolution; as nn.Conv2d with a stride it corrupts memory below 16 channels (torch 2.13, AVX-512)
        self.shortcut = nn.Linear(inputs, outputs, bias=False)
        self.norm = FrameNorm(outputs)

    def forward(self, maps: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """(B, T, F, C) -> (B, T', F', outputs), (B,)."""
        short = self.shortcut(maps[:, :: self.stride[0], :: self.stride[1]])
        maps, lengths = self.first(maps, lengths)
        maps, lengths = self.second(maps.relu(), lengths)
        short = self.norm(short, mask(lengths, short.shape[1]))
        return (maps + short).relu(), lengths


class ResidualStack(nn.Module):
    """A wide strided convolution and residual blocks: (B, T, F), (B,) -> (B, T', size), (B,).

    F: frequency bands. width: channels of the first convolution. blocks: each one's channels, as a multiple of the
    width, and strides. size: the channels of all bands that are left, side by side, so that it is still known which
    band is which.
    """

    def __init__(self, num_bands: int, width: int, blocks: Sequence[tuple[int, Stride]]) -> None:
        super().__init__()
        self.stem = Convolution(1, width, STEM_SIZE, STEM_STRIDE)
        self.blocks = nn.ModuleList()
        channels, bands = width, -(-num_bands // STEM_STRIDE[1])
        for multiple, stride in blocks:
            self.blocks.append(Block(channels, multiple * width, stride))
            channels, bands = multiple * width, -(-bands // stride[1])
        self.size = channels * bands

    def forward(self, inputs: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """(B, T, F) -> (B, T', size), (B,)."""
        maps, lengths = self.stem(inputs[..., None], lengths)
        maps = maps.relu()
        for block in self.blocks:
            maps, lengths = block(maps, lengths)
        return maps.flatten(2), lengths
