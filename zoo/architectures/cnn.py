"""A convolutional network over time with attention pooling."""

from dataclasses import dataclass

from torch import Tensor, nn

from zoo.architectures.contract import Architecture
from zoo.architectures.convolutions import ConvolutionStack
from zoo.architectures.pooling import AttentionPooling

KERNELS = ((5, 2), (5, 2), (3, 1))


@dataclass(frozen=True)
class Hyperparameters:
    width: int = 128
    dropout: float = 0.1


class Network(nn.Module):
    """(B, T, D) -> logits (B, C)."""

    def __init__(self, num_dims: int, num_classes: int, settings: Hyperparameters) -> None:
        super().__init__()
        self.stack = ConvolutionStack(num_dims, settings.width, KERNELS, settings.dropout)
        self.pooling = AttentionPooling(settings.width)
        self.output = nn.Sequential(nn.Dropout(settings.dropout), nn.Linear(2 * settings.width, num_classes))

    def forward(self, inputs: Tensor, lengths: Tensor) -> Tensor:
        """Frames beyond the lengths are ignored."""
        frames, lengths = self.stack(inputs, lengths)
        logits: Tensor = self.output(self.pooling(frames, lengths))
        return logits


ARCHITECTURE = Architecture(
    name="cnn",
    hyperparameters=Hyperparameters,
    network=Network,
    search_space={"width": (96, 128, 160), "dropout": (0.05, 0.1, 0.2, 0.3)},
    front_ends=("log_mel", "log_mel_levelled", "mfcc"),
    bfloat16=True,
)
