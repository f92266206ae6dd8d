"""A learned mean of an encoder's layers (Peters et al. 2018, arXiv 1802.05365), then perhaps a hidden layer.

As SUPERB probes encoders (Yang et al. 2021, arXiv 2105.01051), on the mean and std over time of each layer.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from zoo.architectures.contract import Architecture
from zoo.architectures.layers import of_layers


@dataclass(frozen=True)
class Hyperparameters:
    """hidden: units of the hidden layer; form: linear (there is none) or hidden. num_layers: given by the input."""

    form: str = "linear"
    hidden: int = 128
    dropout: float = 0.3
    num_layers: int = 1


class Network(nn.Module):
    """(B, 1, num_layers * 2 * dim), (B,) -> (B, E)."""

    def __init__(self, num_dims: int, settings: Hyperparameters) -> None:
        super().__init__()
        if settings.form not in FORMS:
            raise ValueError(f"form = {settings.form!r}: one of {', '.join(FORMS)}")
        size = num_dims // settings.num_layers
        self.weights = nn.Parameter(torch.zeros(settings.num_layers))
        self.dropout = nn.Dropout(settings.dropout)
        self.hidden = nn.Linear(size, settings.hidden) if settings.form == "hidden" else None
        self.embedding_size = settings.hidden if settings.form == "hidden" else size

    def forward(self, inputs: Tensor, lengths: Tensor) -> Tensor:
        """The weights of the layers add up to 1."""
        rows = of_layers(inputs[:, 0], len(self.weights))
        mixed: Tensor = self.dropout((rows * self.weights.softmax(0)[:, None]).sum(1))
        return mixed if self.hidden is None else self.dropout(torch.relu(self.hidden(mixed)))


FORMS = ("linear", "hidden")

ARCHITECTURE = Architecture(
    name="layer_probe",
    hyperparameters=Hyperparameters,
    network=Network,
    search_space={"form": FORMS, "hidden": (64, 128, 256), "dropout": (0.1, 0.3, 0.5)},
    kinds=frozenset({"encoder_layers"}),
)
