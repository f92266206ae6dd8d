"""A network with the standardisation of its inputs, which is stored with its weights."""

import torch
from torch import Tensor, nn

from zoo.architectures.contract import MAX_PARAMETERS


def mask(lengths: Tensor, num_frames: int) -> Tensor:
    """True where a frame belongs to its utterance: lengths (B,) -> (B, num_frames)."""
    return torch.arange(num_frames, device=lengths.device) < lengths[:, None]


class Recogniser(nn.Module):
    """Standardises every dimension with the training speakers' mean and std, embeds, and applies the task's head."""

    mean: Tensor
    std: Tensor

    def __init__(self, network: nn.Module, num_dims: int, num_outputs: int) -> None:
        super().__init__()
        self.network = network
        self.head = nn.Linear(int(network.embedding_size), num_outputs)  # type: ignore[arg-type]
        self.register_buffer("mean", torch.zeros(num_dims))
        self.register_buffer("std", torch.ones(num_dims))

    def embed(self, inputs: Tensor, lengths: Tensor) -> Tensor:
        """inputs (B, T, D), lengths (B,) -> embeddings (B, E)."""
        standard = (inputs - self.mean) / self.std
        embedding: Tensor = self.network(standard * mask(lengths, inputs.shape[1])[..., None], lengths)
        return embedding

    def forward(self, inputs: Tensor, lengths: Tensor) -> Tensor:
        """inputs (B, T, D), lengths (B,) -> outputs (B, O)."""
        outputs: Tensor = self.head(self.embed(inputs, lengths))
        return outputs

    @property
    def max_parameters(self) -> int:
        """How many trainable values it may have."""
        return int(getattr(self.network, "max_parameters", MAX_PARAMETERS))

    @property
    def num_parameters(self) -> int:
        """Number of trainable values; mean and std are not among them."""
        return sum(parameter.numel() for parameter in self.parameters() if parameter.requires_grad)
