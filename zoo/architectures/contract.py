"""The architecture contract."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt
from torch import nn

from zoo.errors import WRONG_USAGE, ZooError, unknown
from zoo.study.section import Kind

FRAMES: frozenset[Kind] = frozenset({"bands", "coefficients"})
ROW: frozenset[Kind] = frozenset({"functionals", "embedding"})  # one row an utterance: (B, 1, D)

MAX_PARAMETERS = 1_000_000  # of a network, or of several that answer together
MAX_OF_ENCODER = 1_000_000_000  # where they are those of a pretrained encoder

Matrix = npt.NDArray[np.float64]
# settings, embeddings (N, E), shares (N, C), seed -> weight (C, E), bias (C,)
Solve = Callable[[Any, Matrix, Matrix, int], tuple[Matrix, Matrix]]


@dataclass(frozen=True)
class Architecture:
    """What the search, the training and a release need to know about a network.

    hyperparameters: a frozen dataclass; its defaults are a reasonable configuration. It may raise ValueError for values
        that it cannot have.
    network(num_dims, hyperparameters): a module that embeds utterances, with
        forward(inputs: (B, T, num_dims), lengths: (B,)) -> (B, E), where inputs are standardised;
        frames at and after an utterance's length are zero and must not affect its embedding;
        embedding_size: E. The task adds the head, a linear layer. A waveform has one number a row. With its head the
        network can be exported to ONNX for any B and T.
    search_space: the values that each searched hyperparameter may take; names are fields of `hyperparameters`.
    kinds: the kinds of input that it takes; see zoo/inputs/contract.py.
        slower(): optionally, parameters that learn at another rate, each with its share of the learning rate;
        max_parameters: optionally, how many it may have, if that is not MAX_PARAMETERS.
    raw: its inputs are not standardised.
    bfloat16: most of its time is spent in convolutions, which some processors compute faster in bfloat16.
    solve(settings, embeddings (N, E), shares (N, C), seed) -> weight (C, E), bias (C,): for one whose head is fitted at
        once on all training utterances, instead of step by step; its network has no trainable parameters, and its
        search space holds all there is to search. shares: of every class in an utterance, rows add up to 1.
    """

    name: str
    hyperparameters: type[Any]
    network: Callable[[int, Any], nn.Module]
    search_space: Mapping[str, Sequence[Any]]
    kinds: frozenset[Kind]
    raw: bool = False
    bfloat16: bool = False
    solve: Solve | None = None

    def given(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Those of an input's `gives` that are hyperparameters here."""
        known = [field.name for field in fields(self.hyperparameters())]
        return {name: value for name, value in values.items() if name in known}

    def settings(self, values: Mapping[str, Any]) -> Any:
        """The hyperparameters with these values.

        Raises ZooError for an unknown name, for a value of another type than the default's, and where the
        hyperparameters themselves refuse a value by a ValueError.
        """
        defaults = self.hyperparameters()
        known = [field.name for field in fields(defaults)]
        for name, value in values.items():
            if name not in known:
                raise unknown(f"hyperparameter of {self.name}", name, known)
            wanted = type(getattr(defaults, name))
            if type(value) is not wanted and not (wanted is float and type(value) is int):
                raise ZooError(f"{name} of {self.name} = {value!r}", f"its type is {wanted.__name__}", WRONG_USAGE)
        try:
            return self.hyperparameters(**values)
        except ValueError as error:
            raise ZooError(f"{self.name}: {error}", "correct the value", WRONG_USAGE) from error
