"""Two LSTMs with a skip between them, soft attention over time (Krasnoproshin & Vashkevich 2026, DSPA).

IEEE Xplore 11476771. With the defaults, 46 dimensions and 8 classes it has 46,772 trainable values, as published
(ResLSTM-SA-h64). Layers and initial weights are those of the authors' code (Mak-Sim/ResLSTM-SER on GitHub), but padding
has no part in the norm between the LSTMs.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from zoo.architectures.contract import Architecture
from zoo.architectures.normalisation import FrameNorm
from zoo.architectures.recogniser import mask


@dataclass(frozen=True)
class Hyperparameters:
    hidden: int = 64
    dropout: float = 0.1


class Network(nn.Module):
    """An LSTM as wide as its input, to which the input is added; another LSTM; a mean over time weighted by attention:
    (B, T, D), (B,) -> (B, E)."""

    def __init__(self, num_dims: int, settings: Hyperparameters) -> None:
        super().__init__()
        self.first = _lstm(num_dims, num_dims)
        self.skip_norm = FrameNorm(num_dims)
        self.second = _lstm(num_dims, settings.hidden)
        self.attention = nn.Linear(settings.hidden, 1, bias=False)
        nn.init.xavier_normal_(self.attention.weight)
        self.norm = nn.BatchNorm1d(settings.hidden)
        self.dropout = nn.Dropout(settings.dropout)
        self.embedding_size = settings.hidden

    def forward(self, inputs: Tensor, lengths: Tensor) -> Tensor:
        """Frames beyond the lengths are ignored: they come last, so that no state before them knows of them."""
        inside = mask(lengths, inputs.shape[1])
        frames = self.skip_norm(inputs.float() + self.first(inputs.float())[0], inside)
        states = self.second(frames)[0]
        scores = self.attention(states).squeeze(-1).float().masked_fill(~inside, -torch.inf)
        context = (scores.softmax(dim=1)[..., None] * states).sum(dim=1)
        embedding: Tensor = self.dropout(self.norm(context))
        return embedding


def _lstm(num_dims: int, hidden: int) -> nn.LSTM:
    """Orthogonal recurrence, and forget gates that start open (Jozefowicz et al. 2015, ICML, section 4)."""
    lstm = nn.LSTM(num_dims, hidden, batch_first=True)
    nn.init.xavier_normal_(lstm.get_parameter("weight_ih_l0"))
    nn.init.orthogonal_(lstm.get_parameter("weight_hh_l0"))
    for name in ("bias_ih_l0", "bias_hh_l0"):
        bias = lstm.get_parameter(name)
        nn.init.zeros_(bias)
        nn.init.ones_(bias[hidden : 2 * hidden])
    return lstm


ARCHITECTURE = Architecture(
    name="reslstm",
    hyperparameters=Hyperparameters,
    network=Network,
    search_space={"hidden": (32, 64, 128), "dropout": (0.05, 0.1, 0.2, 0.3, 0.5)},
    kinds=frozenset({"coefficients"}),
)
