"""Named entries of params.yaml whose options are defined by a file of a registry: inputs, their steps, tasks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from zoo.errors import WRONG_USAGE, ZooError, unknown
from zoo.files import named
from zoo.registry import Registry
from zoo.study.section import Section

Made = TypeVar("Made")


@dataclass(frozen=True)
class Configurable(Generic[Made]):
    """An entry of a registry that is made from options. options: their types and defaults; make(options) -> entry."""

    options: type[Section]
    make: Callable[[Any], Made]


def made(registry: Registry[Configurable[Made]], type_name: str, values: Mapping[str, Any], where: str) -> Made:
    """The entry of a registry with these options.

    where: the place in params.yaml, for messages, such as `inputs.mfcc`.
    Raises ZooError for an unknown type or option (with near names), or for a value that an option cannot have.
    """
    entry = registry.get(type_name)
    return entry.make(options_of(entry.options, values, where))


def options_of(options: type[Section], values: Mapping[str, Any], where: str) -> Any:
    """The options with these values. Raises ZooError as `made` does."""
    for name in values:
        if name not in options.model_fields:
            found = unknown("option", name, options.model_fields)
            raise ZooError(f"{where} has no option '{named(name)}'", found.hint, WRONG_USAGE)
    try:
        return options.model_validate(dict(values))
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise ZooError(f"{where}.{named(name)} = {named(repr(first['input']))}", first["msg"], WRONG_USAGE) from error
