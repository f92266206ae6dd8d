"""The contract of speech encoders: samples in, the hidden states of every layer out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from zoo.encoders.checkpoint import Checkpoint
from zoo.encoders.digest import Own

if TYPE_CHECKING:
    from torch import Tensor, nn

Samples = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Encoder:
    """An encoder with its weights, in float32, in evaluation mode.

    module: what is trained when it is adapted. num_states: hidden states of an utterance, the first of them what enters
    the first layer. dim: of each. frames_per_s: of all.
    prepare: utterances of (num_samples,) float32 at 16 kHz -> inputs (B, ...), filled up with zeros, and lengths (B,).
    states(module, inputs, lengths) -> the hidden states (B, T, dim) and the lengths (B,) of what is no filling; what is
        filled up changes nothing.
    together: whether utterances of several lengths may be in one batch.
    shortest: samples below which it has no frame.
    """

    module: "nn.Module"
    num_states: int
    dim: int
    frames_per_s: float
    prepare: "Callable[[Sequence[Samples]], tuple[Tensor, Tensor]]"
    states: "Callable[[nn.Module, Tensor, Tensor], tuple[list[Tensor], Tensor]]"
    together: bool
    shortest: int


@dataclass(frozen=True)
class Family:
    """Encoders that are loaded and run alike.

    model_types: as the checkpoints' config.json states them; none: those of no other family.
    sizes(config.json) -> num_states and dim, without loading anything.
    own(name in a file) -> the name in the encoder; None for weights of a decoder or head.
    load(checkpoint) -> the encoder. Raises ZooError for a checkpoint whose weights are not those of the whole encoder.
    """

    model_types: tuple[str, ...]
    sizes: Callable[[Mapping[str, Any]], tuple[int, int]]
    own: Own
    load: Callable[[Checkpoint], Encoder]
