"""A pre-norm Transformer (Vaswani et al. 2017, arXiv 1706.03762) with rotary positions; attention pooling over time."""

from dataclasses import dataclass

from torch import Tensor, nn

from zoo.architectures.attention import SelfAttention
from zoo.architectures.contract import FRAMES, Architecture
from zoo.architectures.frame_groups import FrameGroups
from zoo.architectures.pooling import AttentionPooling
from zoo.architectures.recogniser import mask


@dataclass(frozen=True)
class Hyperparameters:
    width: int = 96
    layers: int = 2
    dropout: float = 0.1


class Layer(nn.Module):
    """Attention and a network on every step, each added to what it is given.

    Normalised before them rather than after (Xiong et al. 2020, arXiv 2002.04745), it trains without a warm-up.
    """

    def __init__(self, width: int, dropout: float) -> None:
        super().__init__()
        self.attention_norm, self.attention = nn.LayerNorm(width), SelfAttention(width)
        self.steps = nn.Sequential(
            nn.LayerNorm(width), nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width)
        )
        self.dropout = nn.Dropout(dropout)

    def forward(self, steps: Tensor, inside: Tensor) -> Tensor:
        """(B, T, width) -> (B, T, width)."""
        steps = steps + self.dropout(self.attention(self.attention_norm(steps), inside))
        added: Tensor = self.dropout(self.steps(steps))
        return steps + added


class Network(nn.Module):
    """(B, T, D), (B,) -> (B, E)."""

    def __init__(self, num_dims: int, settings: Hyperparameters) -> None:
        super().__init__()
        self.input = FrameGroups(num_dims, settings.width, settings.dropout)
        self.layers = nn.ModuleList(Layer(settings.width, settings.dropout) for _ in range(settings.layers))
        self.norm = nn.LayerNorm(settings.width)
        self.pooling = AttentionPooling(settings.width)
        self.dropout = nn.Dropout(settings.dropout)
        self.embedding_size = 2 * settings.width

    def forward(self, inputs: Tensor, lengths: Tensor) -> Tensor:
        """Frames beyond the lengths are ignored."""
        steps, lengths = self.input(inputs, lengths)
        inside = mask(lengths, steps.shape[1])
        for layer in self.layers:
            steps = layer(steps, inside)
        embedding: Tensor = self.dropout(self.pooling(self.norm(steps), lengths))
        return embedding


ARCHITECTURE = Architecture(
    name="transformer",
    hyperparameters=Hyperparameters,
    network=Network,
    search_space={"width": (64, 96, 128), "layers": (2, 3, 4), "dropout": (0.05, 0.1, 0.2, 0.3)},
    kinds=FRAMES,
)
