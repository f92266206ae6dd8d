"""What is done about the difference between corpora: a file a method, found by its constant METHOD."""

from collections.abc import Mapping
from typing import Any

from zoo.methods.contract import Method
from zoo.registry import Registry
from zoo.study.configured import Configurable, made
from zoo.study.cross import method_type

REGISTRY = Registry[Configurable[Method]]("zoo.methods", "METHOD", "method")
names, get = REGISTRY.names, REGISTRY.get


def build(name: str, entry: Mapping[str, Any], where: str = "the method") -> Method:
    """A method as a study declares it. where: the place that declares it, for messages.

    Raises ZooError for an unknown method or option.
    """
    options = {key: value for key, value in entry.items() if key != "method_type"}
    return made(REGISTRY, method_type(name, entry), options, where)
