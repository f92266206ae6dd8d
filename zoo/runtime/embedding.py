"""The embeddings of utterances, before the task's head."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from torch import Tensor, nn

from zoo.architectures.recogniser import Recogniser
from zoo.inputs.contract import Frames
from zoo.runtime.inference import outputs


class Embedding(nn.Module):
    """A recogniser without its head: (B, T, D), (B,) -> (B, E)."""

    def __init__(self, recogniser: Recogniser) -> None:
        super().__init__()
        self.recogniser = recogniser

    def forward(self, inputs: Tensor, lengths: Tensor) -> Tensor:
        """inputs (B, T, D), lengths (B,) -> embeddings (B, E)."""
        return self.recogniser.embed(inputs, lengths)


def embeddings(networks: Sequence[Recogniser], frames: Sequence[Frames]) -> list[npt.NDArray[np.float32]]:
    """Of every utterance by each network: (N, E) of each."""
    lengths = [len(array) for array in frames]
    return [outputs(Embedding(network), lengths, lambda row: frames[row]) for network in networks]
