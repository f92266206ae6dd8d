"""Inputs, which are computed from samples: a file a type of input, and a file a step before it in `steps/`."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from zoo.errors import WRONG_USAGE, ZooError
from zoo.inputs import changes, steps
from zoo.inputs.contract import Computed, Frames, Input, Samples, Spec
from zoo.inputs.grid import Grid, rounded
from zoo.registry import Registry
from zoo.study.configured import Configurable, made, options_of
from zoo.study.heard import steps_of

REGISTRY = Registry[Configurable[Input]]("zoo.inputs", "INPUT", "type of input")
names, get = REGISTRY.names, REGISTRY.get
DTYPES = ("float32", "float16")
MAX_COPIES = 100


def spec(name: str, entry: Mapping[str, Any]) -> Spec:
    """An entry of the study's `inputs`: `input_type` (if it is not stated, the entry's name), `steps` (trim and level;
    {} for as recorded), `copies` (augmented ones of each utterance, which training hears; none; a mapping of `number`
    and `changes` states what changes them), `grid` (the type's; {} for none), `dtype`, and the options of its type.

    >>> spec("mfcc", {"steps": {"trim": {}}, "deltas": False})
    Spec(input_type='mfcc', options={'deltas': False}, steps=[('trim', {})], dtype='float32', grid=None, copies=0, \
changes=None)
    """
    options, declared = dict(entry), steps_of(entry)
    options.pop("steps", None)
    if not isinstance(declared, dict) or not all(isinstance(value, dict) for value in declared.values()):
        raise ZooError(f"inputs.{name}.steps = {declared!r}", "write a mapping, such as {trim: {}}", WRONG_USAGE)
    dtype = options.pop("dtype", DTYPES[0])
    if dtype not in DTYPES:
        raise ZooError(f"inputs.{name}.dtype = {dtype!r}", f"allowed: {', '.join(DTYPES)}", WRONG_USAGE)
    grid = options.pop("grid", None)
    if grid is not None and not isinstance(grid, dict):
        raise ZooError(f"inputs.{name}.grid = {grid!r}", "write a mapping, such as {step: 0.25}", WRONG_USAGE)
    number, changed = _copies(name, options.pop("copies", 0))
    return Spec(str(options.pop("input_type", name)), options, list(declared.items()), dtype, grid, number, changed)


def _copies(name: str, stated: Any) -> tuple[int, list[tuple[str, dict[str, Any]]] | None]:
    """How many copies an entry states, and what changes them, None where it is silent."""
    number, changed = stated, None
    if isinstance(stated, Mapping):
        known = {"number", "changes"}
        changed = stated.get("changes")
        if {*stated} != known or not isinstance(changed, Mapping):
            what = "write a number, or {number: 4, changes: {silence: {}, codec: {}}}"
            raise ZooError(f"inputs.{name}.copies = {stated!r}", what, WRONG_USAGE)
        if wrong := [one for one, given in changed.items() if not isinstance(given, dict)]:
            where = f"inputs.{name}.copies.changes.{wrong[0]}"
            raise ZooError(f"{where} = {changed[wrong[0]]!r}", "write its options, or {}", WRONG_USAGE)
        number = stated["number"]
    if type(number) is not int or not 0 <= number <= MAX_COPIES:
        raise ZooError(f"inputs.{name}.copies = {number!r}", f"0 to {MAX_COPIES}", WRONG_USAGE)
    return number, None if changed is None else list(changed.items())


def build(wanted: Spec, where: str = "the input") -> Input:
    """The input of a spec, with the steps before it and the rounding after it: what is stored, trained on and served.

    where: the place that declares it, for messages. Raises ZooError for an unknown type, step or option.

    >>> build(Spec("log_mel")).num_dims
    64
    """
    found = made(REGISTRY, wanted.input_type, wanted.options, where)
    before = steps.build(wanted.steps, where)
    grid: Grid = found.grid if wanted.grid is None else options_of(Grid, wanted.grid, f"{where}.grid")

    def compute(utterances: Sequence[Samples]) -> list[Frames]:
        prepared = found.compute(steps.applied(before, utterances))
        return [as_stored(rows, grid, wanted.dtype) for rows in prepared]

    of_steps = {"steps": [{"step": name, **step.facts} for name, step in before]} if before else {}
    facts = {**found.facts, **of_steps}
    if grid.facts:
        facts["grid"] = grid.facts
    transductive = found.transductive or steps.transductive(before)
    if wanted.copies and transductive:
        raise ZooError(
            f"{where}.copies = {wanted.copies}, but an input that hears a speaker's recordings together has no copies",
            "leave it out, or choose the step level instead of speaker_level",
            WRONG_USAGE,
        )
    exportable = found.exportable and all(step.exportable for _, step in before)
    return replace(
        found,
        input_type=wanted.input_type,
        changes=changes.build(wanted.changes, where) if wanted.copies or wanted.changes is not None else (),
        facts=facts,
        compute=compute,
        grid=grid,
        exportable=exportable,
        transductive=transductive,
        parts=tuple(replace(part, facts={**part.facts, **of_steps}) for part in found.parts),
    )


def as_stored(rows: Computed, grid: Grid, dtype: str) -> Frames:
    """Computed rows as they are heard: on the grid, in float32 after a store in `dtype`."""
    return rounded(rows, grid).astype(dtype).astype(np.float32)


def of_study(entries: Mapping[str, Mapping[str, Any]], name: str) -> Input:
    """An input of a study's section `inputs`. Raises ZooError as `build` does."""
    return build(spec(name, entries[name]), f"inputs.{name}")
