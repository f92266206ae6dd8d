"""The indexes of all known catalogues. Each stands alone: what is wrong with one takes nothing from the others."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from zoo.errors import ZooError
from zoo.files import is_file, is_folder, named, whole_file
from zoo.releases.cache import cache_folder
from zoo.releases.catalogue import ENVIRONMENT, INDEX, LARGEST_INDEX, Catalogue, known, listed
from zoo.releases.index import Entry, names_in


@dataclass(frozen=True)
class Problem:
    """Why a catalogue cannot be used. names: of the models that it may have; None: any."""

    catalogue: Catalogue
    error: ZooError
    names: frozenset[str] | None = None

    def may_have(self, name: str) -> bool:
        """Whether the model can be in it."""
        return self.names is None or name in self.names

    @property
    def note(self) -> str:
        """For the user: source, reason, and what to do."""
        message, where = named(self.error.message), named(self.catalogue.address)
        left_out = message if where in message else f"{where}: {message}"
        return f"a catalogue is left out: {left_out}{f'; {named(self.error.hint)}' if self.error.hint else ''}"


@dataclass(frozen=True)
class Sources:
    """entries: of the catalogues that can be used. problems: with the others. notes: for the user, all problems too."""

    entries: list[tuple[Catalogue, Entry]]
    problems: list[Problem]
    notes: list[str]


def read_all(besides: Catalogue | None = None) -> Sources:
    """The indexes of all known catalogues besides one."""
    found = Sources([], [], [])
    wanted = listed()
    for catalogue in known():
        if catalogue == besides:
            continue
        content = None
        try:
            content = _content(catalogue, found.notes, catalogue in wanted)
            entries = [] if content is None else catalogue.parsed(content).releases
        except ZooError as error:
            problem = Problem(catalogue, error, None if content is None else names_in(content))
            found.problems.append(problem)
            found.notes.append(problem.note)
        else:
            found.entries.extend((catalogue, entry) for entry in entries)
            if catalogue.local is None and content is not None:
                _keep(catalogue, content)
    return found


def _content(catalogue: Catalogue, notes: list[str], is_listed: bool) -> bytes | None:
    """The bytes of an index; of the last copy of a distant one that cannot be reached. None: there are no models yet.

    Raises ZooError if it cannot be read, and where somebody listed a catalogue that is none.
    """
    kept = _kept(catalogue)
    try:
        content = catalogue.read(INDEX, LARGEST_INDEX)
    except ZooError:
        if catalogue.local is not None or not is_file(kept):
            raise
        notes.append(f"{named(catalogue.address)} cannot be reached; using the last copy of its index")
        return kept.read_bytes()
    if content is None and is_listed:
        what = f"has no {INDEX}" if catalogue.local is None or is_folder(catalogue.local) else "is not a folder"
        raise ZooError(f"{named(catalogue.address)} {what}", f"check {ENVIRONMENT}")
    return content


def _kept(catalogue: Catalogue) -> Path:
    return cache_folder() / "indexes" / f"{hashlib.sha256(catalogue.address.encode()).hexdigest()[:16]}.json"


def _keep(catalogue: Catalogue, content: bytes) -> None:
    try:
        with whole_file(_kept(catalogue)) as part:
            part.write_bytes(content)
    except (OSError, ZooError):
        return  # without a copy it has to be reached the next time too
