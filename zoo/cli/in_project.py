"""Commands that work in a project: in its top folder, whichever of its folders they are called in."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from zoo.project import entered, find
from zoo.terminal import say


def in_project(command: Callable[..., None]) -> Callable[..., None]:
    """A command that runs in the top folder; of its arguments, those that are a Path stay what the person meant.

    Raises ZooError in no project.
    """

    @wraps(command)
    def run(*args: Any, **given: Any) -> None:
        here = Path.cwd()
        with entered() as moved:
            if Path.cwd() != here:
                say(f"note: in the project {Path.cwd()}, from which its files are named", err=True)
            command(*args, **{name: moved(one) if isinstance(one, Path) else one for name, one in given.items()})

    return run


def in_project_if_any(command: Callable[..., None]) -> Callable[..., None]:
    """The same, of a command that works in no project too."""
    inside = in_project(command)

    @wraps(command)
    def run(*args: Any, **given: Any) -> None:
        (command if find() is None else inside)(*args, **given)

    return run
