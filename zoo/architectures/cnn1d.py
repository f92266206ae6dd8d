"""Convolutions over time (Waibel et al. 1989, doi 10.1109/29.21701), of frames or of samples; attention pooling."""

from dataclasses import dataclass

from torch import Tensor, nn

from zoo.architectures.contract import FRAMES, Architecture
from zoo.architectures.convolutions import ConvolutionStack
from zoo.architectures.pooling import AttentionPooling

KERNELS = ((5, 2), (5, 2), (3, 1))
WINDOWS = (401, 160)  # learnt filters over 25 ms every 10 ms at 16 kHz: of samples they make frames


@dataclass(frozen=True)
class Hyperparameters:
    width: int = 128
    dropout: float = 0.1


class Network(nn.Module):
    """(B, T, D), (B,) -> (B, E). One number a row is a sample of a waveform."""

    def __init__(self, num_dims: int, settings: Hyperparameters) -> None:
        super().__init__()
        kernels = (WINDOWS, *KERNELS) if num_dims == 1 else KERNELS
        self.stack = ConvolutionStack(num_dims, settings.width, kernels, settings.dropout)
        self.pooling = AttentionPooling(settings.width)
        self.dropout = nn.Dropout(settings.dropout)
        self.embedding_size = 2 * settings.width

    def forward(self, inputs: Tensor, lengths: Tensor) -> Tensor:
        """Frames beyond the lengths are ignored."""
        frames, lengths = self.stack(inputs, lengths)
        embedding: Tensor = self.dropout(self.pooling(frames, lengths))
        return embedding


ARCHITECTURE = Architecture(
    name="cnn1d",
    hyperparameters=Hyperparameters,
    network=Network,
    search_space={"width": (96, 128, 160), "dropout": (0.05, 0.1, 0.2, 0.3)},
    kinds=FRAMES | {"waveform"},
    bfloat16=True,
)
