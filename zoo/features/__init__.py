"""Front-ends: a file a front-end; its name is the front-end's name. Files that start with _ are shared code."""

from importlib import import_module
from pathlib import Path

from zoo.errors import unknown
from zoo.features._front_end import FrontEnd


def names() -> list[str]:
    """The known front-ends, from the listing of this folder; nothing is imported."""
    return sorted(path.stem for path in Path(__file__).parent.glob("[!_]*.py"))


def get(name: str) -> FrontEnd:
    """A front-end by name. Raises ZooError with near names when there is no such file."""
    if name not in names():
        raise unknown("front-end", name, names())
    front_end = import_module(f"zoo.features.{name}").FRONT_END
    assert isinstance(front_end, FrontEnd)
    return front_end
