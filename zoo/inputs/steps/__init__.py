"""Steps from samples to samples before an input is computed: a file a step; each is off unless a study declares it."""

from zoo.inputs.steps.contract import Step
from zoo.registry import Registry
from zoo.study.configured import Configurable

REGISTRY = Registry[Configurable[Step]]("zoo.inputs.steps", "STEP", "step before an input")
names, get = REGISTRY.names, REGISTRY.get
