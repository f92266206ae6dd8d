"""The YAML that studies are written in: plain values, so that what is read is what is seen."""

import re
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from zoo.errors import WRONG_USAGE, ZooError

MAX_BYTES = 1 << 20  # a study has 5 kB
MAX_DEPTH = 50  # a study needs six levels
_DECIMAL = re.compile(r"[-+]?(0|[1-9][0-9]*)")


class _Loader(yaml.SafeLoader):
    """YAML without what silently becomes something else. Its methods raise yaml.YAMLError, which names the line.

    A key that is stated twice: the second would replace the first. Aliases: a few lines of them are gigabytes.
    Integers that are not decimal: 010 would be 8, and 1:30 would be 90.
    """

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """A value and what is in it."""
        if self.check_event(yaml.AliasEvent):
            self._reject("an alias (*) cannot be used here: write out what it stands for")
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self._reject(f"there are more than {MAX_DEPTH} levels of brackets and indentation")
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def _reject(self, why: str) -> None:
        raise yaml.composer.ComposerError(None, None, why, self.peek_event().start_mark)  # type: ignore[no-untyped-call]

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """A mapping, of whose keys there are no two alike."""
        found: set[str] = set()
        for key, _ in node.value:
            if str(key.value) in found:
                raise yaml.constructor.ConstructorError(None, None, f"'{key.value}' is there twice", key.start_mark)
            found.add(str(key.value))
        return super().construct_mapping(node, deep)

    def construct_yaml_int(self, node: yaml.ScalarNode) -> int:
        """A whole number."""
        text = str(node.value)
        if _DECIMAL.fullmatch(text) is None:
            why = f"YAML reads {text} as {super().construct_yaml_int(node)}: write a plain decimal number"
            raise yaml.constructor.ConstructorError(None, None, why, node.start_mark)
        return super().construct_yaml_int(node)


_Loader.add_constructor("tag:yaml.org,2002:int", _Loader.construct_yaml_int)


def read(path: Path) -> str:
    """The text of a study's file. Raises ZooError if there is none, or none that can be a study."""
    try:
        with Path(path).open("rb") as file:
            content = file.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise ZooError(f"{path} has more than {MAX_BYTES:,} bytes, so it is no study", "copy one from studies/")
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except FileNotFoundError as error:
        raise ZooError(f"{path} is missing", "make a study current: zoo study use NAME") from error
    except IsADirectoryError as error:
        raise ZooError(f"{path} is a folder", "move it away, then: zoo study use NAME") from error
    except UnicodeDecodeError as error:
        raise ZooError(f"{path} is not valid YAML: {error}", "save it as UTF-8") from error


def parse(text: str, path: Path) -> dict[str, Any]:
    """The values of a study. path: for messages. Raises ZooError for what is no YAML, or no mapping of names."""
    try:
        values = yaml.load(text, _Loader)
    except yaml.YAMLError as error:
        raise ZooError(f"{path} is not valid YAML: {' '.join(str(error).split())}", "correct that line") from error
    except ValueError as error:  # numbers of 5,000 digits, and dates that do not exist
        raise ZooError(f"{path} is not valid YAML: {error}", "correct that value, or put it in quotes") from error
    if not isinstance(values, dict):
        raise ZooError(f"{path} holds no parameters", "copy one from studies/", WRONG_USAGE)
    if other := _not_text(values):
        raise ZooError(f"{path}: the name {other} is not text in YAML", "put it in quotes", WRONG_USAGE)
    return values


def _not_text(values: Any) -> str:
    """A key that is a number, a date, true, false or null; empty if there is none."""
    if isinstance(values, list):
        return next(filter(None, map(_not_text, values)), "")
    if not isinstance(values, dict):
        return ""
    for key, value in values.items():
        if not isinstance(key, str):
            return str(key)
        if found := _not_text(value):
            return found
    return ""
