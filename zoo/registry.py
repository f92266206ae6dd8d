"""Registries: every file of a package folder that defines a given constant is one entry."""

import re
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Generic, TypeVar, cast

from zoo.errors import unknown

Entry = TypeVar("Entry")
_ZOO = Path(__file__).parent
_NAME = re.compile(r"[a-z][a-z0-9_]{0,99}")  # no path, also where EMODB.py and emodb.py are the same file


@dataclass(frozen=True)
class Registry(Generic[Entry]):
    """The entries of a package: the files that assign `constant` at their top level; other files are shared code.

    package: such as zoo.corpora. constant: such as CORPUS. kind: what an entry is called in messages.

    >>> from zoo import folds
    >>> "luna_jimenez" in folds.names()
    True
    """

    package: str
    constant: str
    kind: str

    def names(self) -> list[str]:
        """The known names in alphabetical order, found in the text of the files; nothing is imported."""
        return sorted(path.stem for path in self._folder.glob("*.py") if self._defines(path))

    def has(self, name: str) -> bool:
        """Whether there is such an entry; no other file is looked at."""
        return _NAME.fullmatch(name) is not None and self._defines(self._folder / f"{name}.py")

    def get(self, name: str) -> Entry:
        """An entry by its name. Raises ZooError with similar names when there is none."""
        if not self.has(name):
            raise unknown(self.kind, name, self.names())
        return cast(Entry, getattr(import_module(f"{self.package}.{name}"), self.constant))

    @property
    def _folder(self) -> Path:
        return _ZOO.joinpath(*self.package.split(".")[1:])

    def _defines(self, path: Path) -> bool:
        pattern = rf"^{self.constant}\b[^=\n]*=[^=]"
        return path.is_file() and re.search(pattern, path.read_text(encoding="utf-8"), re.MULTILINE) is not None
