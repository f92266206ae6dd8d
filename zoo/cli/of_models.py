"""What the commands about models share: how a model is obtained, and how it and its figures are shown."""

import os
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zoo.files import is_file, named
from zoo.terminal import escaped, say

if TYPE_CHECKING:
    from zoo.releases.load import Model
    from zoo.releases.pull import Pulled

ADAPTED = "adapted.json"  # of a folder with an adapted model
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def pulled(name: str, encoder: bool = True) -> "Pulled":
    """A model by its name, fetched and verified, with the encoder that it needs if asked for; notes go to stderr."""
    from zoo.releases.pull import pull as fetch

    found = fetch(name, encoder)
    print_notes(found.notes)
    return found


def loaded(name: str) -> tuple["Model", "Pulled"]:
    """A model by its name, fetched and loaded, or an adapted one by its folder, with its release; which one it is goes
    to stderr."""
    from zoo.releases.load import load

    adapted = Path(name) if is_file(Path(name, ADAPTED)) else None
    if adapted is None:
        found = pulled(name)
        print_notes([f"using {which(found)}"])
        return load(found.folder), found
    from zoo.scoring.adapted import load as load_adapted
    from zoo.scoring.adapted import read

    facts = read(adapted)
    found = pulled(facts.base)
    print_notes([f"using {which(found)}, adapted by {facts.method} in {named(adapted)}, which saw {facts.ledger.text}"])
    return load_adapted(facts, adapted, load(found.folder), found.folder), found


def which(pulled: "Pulled") -> str:
    """The release in words: name, version, where it comes from."""
    from zoo.releases import SYNTHETIC

    found = pulled.found
    kind = "this clone's unpublished candidate" if found.is_candidate else "release"
    origin = SYNTHETIC if found.entry.origin == "synthetic" else "trained on recorded speech"
    return f"{found.full_name} ({kind} from {found.where}; {origin})"


def print_notes(notes: Iterable[str]) -> None:
    """Print notes to stderr."""
    for note in notes:
        say(f"note: {escaped(note)}", err=True)


def terminal_width() -> int | None:
    """The columns of the terminal, or those that the environment variable COLUMNS states; None in a pipe or file."""
    if not sys.stdout.isatty() and not os.environ.get("COLUMNS"):
        return None
    return shutil.get_terminal_size().columns


def about(name: str, version: str, origin: str) -> dict[str, Any]:
    """What JSON about a model begins with: its name, version, origin, and a note where it is synthetic."""
    from zoo.releases import SYNTHETIC

    stated = {"model": name, "version": version, "origin": origin}
    return {**stated, "note": SYNTHETIC} if origin == "synthetic" else stated


def interval(value: float | None, low: float | None, high: float | None) -> str:
    """A figure with its interval, such as `0.712 [0.650, 0.774]`."""
    if value is None:
        return "-"
    return f"{value:.3f}" if low is None or high is None else f"{value:.3f} [{low:.3f}, {high:.3f}]"
