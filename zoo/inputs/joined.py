"""Two inputs of the same audio side by side, for models that hear both.

Each of them is one row of numbers an utterance. Steps and copies are those of the joined input, so copy k of its row is
made of the same augmented samples in both parts. Each part keeps its own grid.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from zoo import inputs
from zoo.errors import WRONG_USAGE, ZooError, unknown
from zoo.inputs.contract import Computed, Input, Samples, Spec
from zoo.inputs.grid import Grid
from zoo.study.configured import Configurable
from zoo.study.section import Name, Section

VECTORS = ("functionals", "embedding", "encoder_layers")  # kinds of one row an utterance
OF_BOTH = ("steps", "copies", "dtype", "grid")
GRID = Grid(bits=24)  # of float32, so that the parts stay as they are


class Options(Section):
    """parts: two inputs, as entries of a study's `inputs` without steps, copies, dtype and grid; the type of one that
    states none is its name. sha256: of the weights of the encoder that a part builds on."""

    parts: Annotated[dict[Name, dict[str, Any]], Field(min_length=2, max_length=2)]
    sha256: str | None = None


def _make(options: Options) -> Input:
    """Raises ZooError, naming the part, for one that cannot be joined."""
    types = {name: str(entry.get("input_type", name)) for name, entry in options.parts.items()}
    parts = [_part(f"parts.{name}", types[name], entry, options.sha256) for name, entry in options.parts.items()]
    first, second = parts
    both = " and ".join(f"parts.{name}" for name in types)
    facts = [{"input_type": kind, **part.facts} for kind, part in zip(types.values(), parts, strict=True)]
    if facts[0] == facts[1]:
        raise ZooError(f"{both} are the same input", "choose two different ones", WRONG_USAGE)
    built = [part for part in parts if part.base is not None]
    if len(built) > 1:
        raise ZooError(
            f"{both} each have a pretrained encoder, and a release can name one", "replace one of them", WRONG_USAGE
        )
    layers = [part.gives.get("num_layers") for part in parts]
    encoder = next((place for place, number in zip(("first", "second"), layers, strict=True) if number), "neither")
    licences = [str(part.facts["licence"]) for part in parts if "licence" in part.facts]

    def compute(utterances: Sequence[Samples]) -> list[Computed]:
        of_parts = [part.compute(utterances) for part in parts]
        return [np.concatenate(rows, axis=1) for rows in zip(*of_parts, strict=True)]

    return Input(
        kind="joined",
        num_dims=first.num_dims + second.num_dims,
        frames_per_s=None,
        facts={"parts": facts, **({"licence": "; ".join(dict.fromkeys(licences))} if licences else {})},
        compute=compute,
        grid=GRID,
        exportable=all(part.exportable for part in parts),
        costly=any(part.costly for part in parts),
        gives={"split": first.num_dims, "encoder": encoder, "num_layers": next(filter(None, layers), 1)},
        base=built[0].base if built else None,
        configuration=built[0].configuration if built else None,
        parts=tuple(parts),
    )


def _part(where: str, input_type: str, entry: Mapping[str, Any], sha256: str | None) -> Input:
    if not inputs.REGISTRY.has(input_type):
        near = unknown("type of input", input_type, inputs.names())
        raise ZooError(f"{where}: {near.message}", near.hint, WRONG_USAGE)
    if inputs.get(input_type).options is Options:
        raise ZooError(f"{where} is joined itself", "name inputs that are not joined", WRONG_USAGE)
    if stated := [key for key in OF_BOTH if key in entry]:
        raise ZooError(f"{where} states {stated[0]}", "state it beside `parts`, for both of them", WRONG_USAGE)
    chosen = {key: value for key, value in entry.items() if key != "input_type"}
    if sha256 is not None and "sha256" in inputs.get(input_type).options.model_fields:
        chosen["sha256"] = sha256
    found = inputs.build(Spec(input_type, chosen), where)
    if found.kind not in VECTORS:
        raise ZooError(
            f"{where}: {input_type} has no single row an utterance, so it cannot be joined",
            f"choose an input of the kind {', '.join(VECTORS[:-1])} or {VECTORS[-1]}",
            WRONG_USAGE,
        )
    return found


INPUT = Configurable(Options, _make)
