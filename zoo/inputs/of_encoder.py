"""What all inputs that a pretrained encoder computes have in common: which checkpoint, and its hidden states."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from zoo import encoders
from zoo.encoders.checkpoint import Checkpoint
from zoo.encoders.contract import Sizes
from zoo.errors import WRONG_USAGE, ZooError
from zoo.inputs.contract import Computed, Facts, Samples
from zoo.inputs.grid import Grid
from zoo.study.section import Section

GRID = Grid(bits=10)  # as many as half precision keeps


class Options(Section):
    """checkpoint: a name on the hub, with a commit there as revision, or a folder. sha256: that of its weights.

    int8: whether the encoder's linear layers compute in 8-bit integers.
    """

    checkpoint: str = "openai/whisper-base"
    revision: str | None = None
    sha256: str | None = None
    int8: bool = False


@dataclass(frozen=True)
class Source:
    """The encoder of an input, by what can be told without loading it. base: see zoo.inputs.contract.Input."""

    checkpoint: Checkpoint
    family: str
    sizes: Sizes
    base: Facts
    int8: bool

    @property
    def facts(self) -> dict[str, Any]:
        """Of every input of the encoder; nothing of float32, so that they stay what they were before int8."""
        own = {"family": self.family, "weights": self.base["sha256"]}
        return own | {"linear_layers": "int8"} if self.int8 else own

    def rows(self, of_states: Callable[[Computed], Computed]) -> Callable[[Sequence[Samples]], list[Computed]]:
        """An input's `compute`. of_states: an utterance's hidden states (num_states, T, dim) -> its rows."""

        def compute(utterances: Sequence[Samples]) -> list[Computed]:
            from zoo.encoders.hidden_states import hidden_states

            encoder, stated = encoders.loaded(self.checkpoint, self.int8), self.sizes
            if (encoder.num_states, encoder.dim) != (stated.num_states, stated.dim):
                raise ZooError(
                    f"{self.checkpoint.name} has {encoder.num_states} x {encoder.dim} hidden states, not "
                    f"{stated.num_states} x {stated.dim}, as its config.json says",
                    "download the checkpoint again",
                    WRONG_USAGE,
                )
            found = {place: of_states(states) for place, states in hidden_states(encoder, utterances)}
            return [found[place] for place in range(len(utterances))]

        return compute


def source(options: Options) -> Source:
    """Raises ZooError where there is no such checkpoint, or it has other weights."""
    checkpoint = encoders.find(options.checkpoint, options.revision, options.sha256)
    family = encoders.family_of(checkpoint)
    sizes = encoders.get(family).sizes(checkpoint.config)
    return Source(checkpoint, family, sizes, encoders.base_of(checkpoint), options.int8)
