"""What is done about the difference between corpora: a file a method, found by its constant METHOD."""

from collections.abc import Mapping
from typing import Any

from zoo.methods.contract import Method
from zoo.registry import Registry
from zoo.study.configured import Configurable, made

REGISTRY = Registry[Configurable[Method]]("zoo.methods", "METHOD", "method")
names, get = REGISTRY.names, REGISTRY.get
SOURCE_ONLY = "source_only"  # what every other method is compared with


def type_of(name: str, entry: Mapping[str, Any]) -> str:
    """The file of a method that a study declares: `few_shot_5: {method_type: few_shot, labels: 5}`."""
    return str(entry.get("method_type", name))


def build(name: str, entry: Mapping[str, Any], where: str = "the method") -> Method:
    """A method as a study declares it. where: the place that declares it, for messages.

    Raises ZooError for an unknown method or option.
    """
    options = {key: value for key, value in entry.items() if key != "method_type"}
    return made(REGISTRY, type_of(name, entry), options, where)
