"""Inputs, which are computed from samples: a file a type of input, and a file a step before it in `steps/`."""

from collections.abc import Mapping, Sequence
from typing import Any

from zoo.errors import WRONG_USAGE, ZooError
from zoo.inputs import steps
from zoo.inputs.contract import Frames, Input, Samples, Spec
from zoo.registry import Registry
from zoo.study.configured import Configurable, made

REGISTRY = Registry[Configurable[Input]]("zoo.inputs", "INPUT", "type of input")
names, get = REGISTRY.names, REGISTRY.get
DTYPES = ("float32", "float16")


def spec(name: str, entry: Mapping[str, Any]) -> Spec:
    """An entry of the study's `inputs`: `input_type` (if it is not stated, the entry's name), `steps`, `dtype`, and
    the options of its type.

    >>> spec("mfcc", {"steps": {"trim": {}}, "deltas": False})
    Spec(input_type='mfcc', options={'deltas': False}, steps=[('trim', {})], dtype='float32')
    """
    options = dict(entry)
    declared = options.pop("steps", {})
    if not isinstance(declared, dict) or not all(isinstance(value, dict) for value in declared.values()):
        raise ZooError(f"inputs.{name}.steps = {declared!r}", "write a mapping, such as {trim: {}}", WRONG_USAGE)
    dtype = options.pop("dtype", DTYPES[0])
    if dtype not in DTYPES:
        raise ZooError(f"inputs.{name}.dtype = {dtype!r}", f"allowed: {', '.join(DTYPES)}", WRONG_USAGE)
    return Spec(str(options.pop("input_type", name)), options, list(declared.items()), dtype)


def build(wanted: Spec, where: str = "the input") -> Input:
    """The input of a spec, its steps included.

    where: the place that declares it, for messages. Raises ZooError for an unknown type, step or option.

    >>> build(Spec("log_mel")).num_dims
    64
    """
    found = made(REGISTRY, wanted.input_type, wanted.options, where)
    if not wanted.steps:
        return found
    before = [(name, made(steps.REGISTRY, name, options, f"{where}.steps.{name}")) for name, options in wanted.steps]

    def compute(utterances: Sequence[Samples]) -> list[Frames]:
        for _, step in before:
            utterances = [step.apply(samples) for samples in utterances]
        return found.compute(utterances)

    return Input(
        kind=found.kind,
        num_dims=found.num_dims,
        frames_per_s=found.frames_per_s,
        facts={**found.facts, "steps": [{"step": name, **step.facts} for name, step in before]},
        compute=compute,
        exportable=found.exportable and all(step.exportable for _, step in before),
    )


def of_study(entries: Mapping[str, Mapping[str, Any]], name: str) -> Input:
    """An input of a study's section `inputs`. Raises ZooError as `build` does."""
    return build(spec(name, entries[name]), f"inputs.{name}")
