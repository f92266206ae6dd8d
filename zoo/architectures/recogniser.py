"""A network with the standardisation of its inputs, which is stored with its weights."""

import torch
from torch import Tensor, nn


def mask(lengths: Tensor, num_frames: int) -> Tensor:
    """True where a frame belongs to its utterance: lengths (B,) -> (B, num_frames)."""
    return torch.arange(num_frames, device=lengths.device) < lengths[:, None]


class Recogniser(nn.Module):
    """Standardises every band with the training speakers' mean and std, then applies the network."""

    mean: Tensor
    deviation: Tensor  # the std; published releases hold it under this name, so it must not be renamed

    def __init__(self, network: nn.Module, num_dims: int) -> None:
        super().__init__()
        self.network = network
        self.register_buffer("mean", torch.zeros(num_dims))
        self.register_buffer("deviation", torch.ones(num_dims))

    def forward(self, inputs: Tensor, lengths: Tensor) -> Tensor:
        """inputs (B, T, D), lengths (B,) -> logits (B, C)."""
        standard = (inputs - self.mean) / self.deviation
        logits: Tensor = self.network(standard * mask(lengths, inputs.shape[1])[..., None], lengths)
        return logits

    @property
    def num_parameters(self) -> int:
        """Number of trainable values; mean and std are not among them."""
        return sum(parameter.numel() for parameter in self.parameters() if parameter.requires_grad)
