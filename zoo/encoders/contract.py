"""The contract of speech encoders: samples in, the hidden states of every layer out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from zoo.encoders.checkpoint import Checkpoint
from zoo.encoders.digest import Own

if TYPE_CHECKING:
    from torch import Tensor, nn

Samples = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Encoder:
    """An encoder with its weights, in float32 unless it is `int8`, in evaluation mode.

    module: what is trained when it is adapted. num_states: hidden states of an utterance, the first of them what enters
    the first layer. dim: of each. frames_per_s: of all.
    prepare: utterances of (num_samples,) float32 at 16 kHz -> inputs (B, ...), filled up with zeros, and lengths (B,).
    states(module, inputs, lengths) -> the hidden states (B, T, dim) and the lengths (B,) of what is no filling; what is
        filled up changes nothing.
    together: whether utterances of several lengths may be in one batch.
    shortest: samples below which it has no frame.
    tail(first): a copy of the layers after the hidden state of this number, a module that takes that state (B, T, dim)
        and lengths (B,), of several lengths for any family, and returns the hidden states after each of its layers;
        None for a family that zoo does not know inside, and in int8.
    int8: whether its linear layers compute in 8-bit integers, which they can on a processor alone.
    targets: names of modules in a layer by their place, attention or feed_forward, to which low-rank changes are added;
        the first place is the usual one. scaled: those whose output IA³ scales; scaled_inputs: whose input.
    """

    module: "nn.Module"
    num_states: int
    dim: int
    frames_per_s: float
    prepare: "Callable[[Sequence[Samples]], tuple[Tensor, Tensor]]"
    states: "Callable[[nn.Module, Tensor, Tensor], tuple[list[Tensor], Tensor]]"
    together: bool
    shortest: int
    tail: "Callable[[int], nn.Module] | None" = None
    int8: bool = False
    targets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    scaled: tuple[str, ...] = ()
    scaled_inputs: tuple[str, ...] = ()


class Sizes(NamedTuple):
    """Of an encoder's hidden states: how many an utterance has, their dimensions, and how many frames a second."""

    num_states: int
    dim: int
    frames_per_s: float


@dataclass(frozen=True)
class Family:
    """Encoders that are loaded and run alike.

    model_types: as the checkpoints' config.json states them; none: those of no other family.
    sizes(config.json) -> what can be told without loading anything.
    own(name in a file) -> the name in the encoder; None for weights of a decoder or head.
    load(checkpoint) -> the encoder. Raises ZooError for a checkpoint whose weights are not those of the whole encoder.
    """

    model_types: tuple[str, ...]
    sizes: Callable[[Mapping[str, Any]], Sizes]
    own: Own
    load: Callable[[Checkpoint], Encoder]
