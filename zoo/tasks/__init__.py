"""Tasks: what networks are trained to answer, a file a type of task."""

from collections.abc import Mapping
from typing import Any

from zoo.registry import Registry
from zoo.study.configured import Configurable, made
from zoo.tasks.contract import Classes, Maker, Task

REGISTRY = Registry[Configurable[Maker]]("zoo.tasks", "TASK", "type of task")
names, get = REGISTRY.names, REGISTRY.get


def build(entry: Mapping[str, Any], name: str, classes: Classes) -> Task:
    """The task of an entry of the study's `tasks`: its `task_type` (if it is not stated, its name) and options.

    classes: in alphabetical order. Raises ZooError for an unknown type or option.

    >>> build({"label_smoothing": 0.1}, "categorical", ["anger", "neutral"]).num_outputs
    2
    """
    options = dict(entry)
    return made(REGISTRY, str(options.pop("task_type", name)), options, f"tasks.{name}")(classes)
