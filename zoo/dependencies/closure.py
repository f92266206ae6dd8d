"""The import closure of a stage or a training, and its digest."""

import hashlib
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from pathlib import Path
from typing import Any

from zoo.dependencies import exempt, syntax

TOP = Path(__file__).parents[2]
# packages of which only chosen entries count
REGISTRIES = (
    "zoo.adaptation",
    "zoo.architectures",
    "zoo.augmentation",
    "zoo.corpora",
    "zoo.encoders",
    "zoo.folds",
    "zoo.inputs",
    "zoo.inputs.changes",
    "zoo.inputs.steps",
    "zoo.labels",
    "zoo.methods",
    "zoo.metrics",
    "zoo.tasks",
)
_OF_ENCODERS = ("zoo.adaptation", "zoo.encoders")
_NO_DATA = (".py", ".pyc", ".typed")


@dataclass(frozen=True)
class Closure:
    """What can determine a result.

    modules: path below the project's folder -> digest of the syntax tree. data: path -> sha256, of the package data
    that these modules read. libraries: name -> version, None where an optional one is not installed; with Python's.
    """

    modules: dict[str, str]
    data: dict[str, str]
    libraries: dict[str, str | None]

    @property
    def digest(self) -> str:
        """One sha256 of everything."""
        return hashlib.sha256(json.dumps(self.as_dict(), sort_keys=True).encode()).hexdigest()

    def as_dict(self) -> dict[str, Any]:
        """Plain values, as the stage `plan` writes them."""
        return {"modules": self.modules, "data": self.data, "libraries": self.libraries}


def closure(roots: Iterable[str], chosen: Mapping[str, Iterable[str]]) -> Closure:
    """Everything that the roots can reach by imports.

    roots: modules, such as stages.train or zoo.training.job. chosen: package -> the entries of its registry that are
    used; where the package is reached, their files and package data are included, and none of the others.
    """
    picked = {package: set(names) for package, names in chosen.items()}
    modules: dict[str, Path] = {}
    libraries: set[str] = set()
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        if name in modules or _is_exempt(name) or (path := _file(name)) is None:
            continue
        modules[name] = path
        waiting += _parents(name)
        waiting += [f"{name}.{entry}" for entry in picked.get(name, ())]
        for module, imported in syntax.read(path).imports:
            root = module.split(".")[0]
            if name.startswith("stages.") and _file(f"stages.{root}") is not None:
                waiting.append(f"stages.{root}")  # a script's own folder comes first
            elif root == "zoo":
                waiting += [module, f"{module}.{imported}"] if imported else [module]
            else:
                libraries.add(root)
    data = [path for name, path in modules.items() if path.name == "__init__.py" for path in _data(name, path, picked)]
    used = libraries - set(sys.stdlib_module_names) - set(exempt.LIBRARIES)
    versions = {library: _version(library) for library in sorted(used)}
    versions["python"] = ".".join(map(str, sys.version_info[:2]))
    return Closure(
        {_shown(path): syntax.read(path).digest for path in sorted(modules.values())},
        {_shown(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(data)},
        versions,
    )


def of_encoders() -> dict[str, list[str]]:
    """All entries of the registries of encoders and their adaptation, as `chosen` for `closure`.

    Which of them a model uses is known only where a configuration, or a checkpoint, is looked into.
    """
    return {
        package: sorted(path.stem for path in _folder(package).glob("*.py") if path.stem != "__init__")
        for package in _OF_ENCODERS
    }


def _is_exempt(name: str) -> bool:
    return any(name == module or name.startswith(f"{module}.") for module in exempt.MODULES)


def _file(name: str) -> Path | None:
    """The file of a module of ours; None if the name is a function or class in one."""
    place = _folder(name)
    for path in (place / "__init__.py", place.with_suffix(".py")):  # in the order in which Python looks
        if path.is_file():
            return path
    return None


def _folder(package: str) -> Path:
    return TOP.joinpath(*package.split("."))


def _parents(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[:length]) for length in range(1, len(parts))]


def _data(package: str, init: Path, picked: Mapping[str, set[str]]) -> list[Path]:
    """The package data below a package's folder; for a registry, that of the chosen entries, which have its name."""
    files = _files(init.parent)
    return [path for path in files if package not in picked or path.name.partition(".")[0] in picked[package]]


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_dir() and not (path / "__init__.py").is_file() and path.name != "__pycache__":
            yield from _files(path)
        elif path.is_file() and path.suffix not in _NO_DATA:
            yield path


@cache
def _version(library: str) -> str | None:
    """The public version of the distribution of an importable name; None if it is not installed (optional extras)."""
    try:
        return version(library).partition("+")[0]
    except PackageNotFoundError:
        found = packages_distributions().get(library)
        return version(found[0]).partition("+")[0] if found else None


def _shown(path: Path) -> str:
    return path.relative_to(TOP).as_posix()
