"""Steps from samples to samples before an input is computed: a file a step, in the order in which a study states them.

Each hears what the one before it left, so the order counts: what cuts by energy (trim, cap_pauses) before level, which
measures what is left, and pre_emphasis last, since after it energy is no longer loudness. noise_reduction and
band_limit come before all of them.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from zoo.inputs.steps.contract import Samples, Step
from zoo.registry import Registry
from zoo.study.configured import Configurable, made

REGISTRY = Registry[Configurable[Step]]("zoo.inputs.steps", "STEP", "step before an input")
names, get = REGISTRY.names, REGISTRY.get

Steps = Sequence[tuple[str, Step]]


def build(declared: Sequence[tuple[str, Mapping[str, Any]]], where: str = "the input") -> Steps:
    """The steps of a spec, with their names. where: the place that declares them, for messages.

    Raises ZooError for an unknown step or option.
    """
    return [(name, made(REGISTRY, name, options, f"{where}.steps.{name}")) for name, options in declared]


def applied(steps: Steps, utterances: Sequence[Samples]) -> list[Samples]:
    """What the steps leave of utterances, (num_samples,) float32 each: the same, perhaps shorter.

    utterances: of one speaker, if a step is transductive.
    """
    left = list(utterances)
    for _, step in steps:
        left = [step.apply(samples) for samples in left] if step.together is None else step.together(left)
    return left


def transductive(steps: Steps) -> bool:
    """Whether what the steps leave of an utterance depends on others of the same speaker."""
    return any(step.together is not None for _, step in steps)
