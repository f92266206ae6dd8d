"""Changes that make augmented copies of an utterance's samples: a file a change."""

from collections.abc import Mapping, Sequence
from typing import Any

from zoo.errors import WRONG_USAGE, ZooError
from zoo.inputs.changes.contract import Change, Changes
from zoo.registry import Registry
from zoo.study.configured import Configurable, made
from zoo.study.heard import DEFAULT_CHANGES

REGISTRY = Registry[Configurable[Change]]("zoo.inputs.changes", "CHANGE", "change")
names, get = REGISTRY.names, REGISTRY.get

Declared = Sequence[tuple[str, Mapping[str, Any]]]


def build(declared: Declared | None, where: str = "the input") -> Changes:
    """The changes of a spec in the order in which they come, whatever that of `declared` is; None: the default ones.

    where: the place that declares them, for messages. Raises ZooError for none at all, or an unknown change or option.
    """
    if declared is None:
        declared = [(name, {}) for name in DEFAULT_CHANGES]
    if not declared:
        known = ", ".join(names())
        raise ZooError(f"{where}.copies.changes has no change", f"known: {known}", WRONG_USAGE)
    found = [(made(REGISTRY, name, options, f"{where}.copies.changes.{name}"), name) for name, options in declared]
    return [one for one, _ in sorted(found, key=lambda pair: (pair[0].order, pair[1]))]
