"""The contract of inputs: what a model gets to hear of an utterance."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from zoo.inputs.changes.contract import Changes
from zoo.inputs.grid import Grid
from zoo.study.section import Kind

Samples = npt.NDArray[np.float32]
Computed = npt.NDArray[Any]  # rows before they are rounded, of any floats
Frames = npt.NDArray[np.float32]  # rows as they are stored and heard
Facts = Mapping[str, Any]

# kinds whose rows follow each other in time
ROWS_ARE_TIME = ("bands", "coefficients", "waveform", "encoder_frames", "encoder_states")


@dataclass(frozen=True)
class Input:
    """Samples in, rows of numbers out.

    kind: what the numbers are. bands: adjacent frequency bands in dB; coefficients: frames of any other numbers;
    waveform: samples, (T, 1); functionals: one row of statistics of the utterance; embedding: one row of an encoder's
    output; encoder_layers: one row of statistics over time of every layer of an encoder; encoder_frames: frames of some
    of its layers; encoder_states: frames of one, after which it goes on; joined: one row, that of two inputs side by
    side.
    num_dims: D. frames_per_s: rows per second; None if rows are not frames.
    facts: everything that determines the result; what must be equal for a model to accept these rows.
    compute: utterances of (num_samples,) float32 at 16 kHz, at least one sample each -> (T, D) each, in float64 if it
    can be: the fewer digits are noise, the fewer numbers another processor rounds differently.
    grid: to which the rows are rounded unless a study states another; whoever makes the input with `zoo.inputs.build`
    gets rounded rows in float32.
    exportable: whether a graph for other runtimes can hold the computation.
    costly: whether rows are worth keeping one by one, so that an interrupted extraction goes on.
    gives: hyperparameters of an architecture that follow from the input, where it has fields of these names.
    base: the pretrained encoder that computes the rows: its name, revision, sha256 and num_bytes; None without one.
    configuration: sha256 of what the files beside the encoder's weights say of how it computes; None without one. The
    facts of releases do not state it, so that the same weights in another folder still do.
    transductive: whether an utterance's rows depend on the other utterances, which must be all those of one speaker.
    parts: of a joined input, those whose rows stand side by side in its own. They hear what the steps before it left;
    their facts state these steps as if each part was an input alone.
    changes: those that make its augmented copies, in their order. input_type: its name in the registry. Both are added
    by `zoo.inputs.build`.
    """

    kind: Kind
    num_dims: int
    frames_per_s: float | None
    facts: Facts
    compute: Callable[[Sequence[Samples]], list[Computed]]
    grid: Grid
    exportable: bool = True
    transductive: bool = False
    costly: bool = False
    gives: Facts = field(default_factory=dict)
    base: Facts | None = None
    configuration: str | None = None
    parts: tuple["Input", ...] = ()
    changes: Changes = ()
    input_type: str = ""


@dataclass(frozen=True)
class Spec:
    """An input as a study declares it and a card states it: its type, the type's options, and the steps before it.

    steps: name and options of each, in their order. copies: augmented copies of each utterance, for training and
    for models that average over views. changes: those that make them, with their options; None for the default ones.
    dtype: of the stored numbers. grid: to which they are rounded; None for the type's own, {} for none.
    """

    input_type: str
    options: dict[str, Any] = field(default_factory=dict)
    steps: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    dtype: str = "float32"
    grid: dict[str, Any] | None = None
    copies: int = 0
    changes: list[tuple[str, dict[str, Any]]] | None = None


def encoder_of(wanted: Input) -> dict[str, str | None] | None:
    """What tells the encoder of an input from every other, as a store keeps it; None without one."""
    if wanted.base is None:
        return None
    return {"weights": wanted.base["sha256"], "configuration": wanted.configuration}


def each(compute: Callable[[Samples], Computed]) -> Callable[[Sequence[Samples]], list[Computed]]:
    """A computation of one utterance as one of several."""

    def of_all(utterances: Sequence[Samples]) -> list[Computed]:
        return [compute(samples) for samples in utterances]

    return of_all
