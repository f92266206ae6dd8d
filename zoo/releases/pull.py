"""Finding a release by name, and fetching it with what it needs."""

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from zoo import architectures, corpora, encoders
from zoo.errors import FAILURE, WRONG_USAGE, ZooError
from zoo.files import named
from zoo.project import PARAMS, shown, top
from zoo.releases import CANDIDATE, CARD, README, parse_name, parse_version
from zoo.releases.architectures import changed, require_known
from zoo.releases.card import read as read_card
from zoo.releases.catalogue import Catalogue
from zoo.releases.fetch import fetch
from zoo.releases.index import Entry, entry_of
from zoo.releases.names import in_words, meant
from zoo.releases.publish import candidates, check_candidate
from zoo.releases.sources import Sources, read_all
from zoo.runtime.release import Base
from zoo.study import yaml_file


@dataclass(frozen=True)
class Found:
    """A release or candidate and where it is; `version` is X.Y.Z or `candidate`."""

    entry: Entry
    catalogue: Catalogue
    folder: str  # below the catalogue's address

    @property
    def version(self) -> str:
        """X.Y.Z, or `candidate`."""
        return self.entry.version

    @property
    def is_candidate(self) -> bool:
        """Whether it is an unpublished model of this clone."""
        return self.entry.version == CANDIDATE

    @property
    def full_name(self) -> str:
        """model@corpus:version."""
        return f"{self.entry.name}:{self.entry.version}"

    @property
    def where(self) -> str:
        """The address of its folder."""
        return self.catalogue.where(self.folder)


@dataclass(frozen=True)
class Pulled:
    """A release in the cache. notes: messages for the user (a damaged copy fetched again, …)."""

    found: Found
    folder: Path
    notes: tuple[str, ...]


def everything(pattern: str = "*") -> tuple[list[Found], list[str]]:
    """All releases and candidates whose name matches the pattern, by name and newest first, and notes for the user.

    A catalogue that cannot be used is a note.
    """
    sources = read_all()
    return _matching(sources, pattern), sources.notes


def find(text: str) -> tuple[list[Found], list[str]]:
    """The places that hold the wanted release (or the newest one), the best first, and notes for the user.

    Models of recorded speech come before synthetic ones; among each, releases (the newest first) before this clone's
    candidates.
    Raises ZooError for an unknown name (with near ones), or when two catalogues disagree.
    """
    sources = read_all()
    try:
        name, version = parse_name(text)
    except ZooError as error:
        near = in_words(meant(str(text), _names(sources)))
        raise ZooError(error.message, f"{near} {error.hint}".strip(), error.exit_code) from error
    mine = _matching(sources, name)
    elsewhere = "; ".join(problem.note for problem in sources.problems if problem.may_have(name))
    if not mine:
        for study in _studies():
            if place := candidates(study).get(name):
                check_candidate(place)  # it is damaged, or it would be in the list: raises the error
        raise _no_release(text, name, _names(sources), elsewhere)
    if version is not None:
        fitting = [item for item in mine if item.version == version]
        if not fitting:
            versions = ", ".join(dict.fromkeys(item.version for item in mine))
            raise _missing(f"there is no {name}:{version}", f"available: {versions}", elsewhere)
        mine = fitting
    best = [item for item in mine if item.version == mine[0].version]
    if best[0].is_candidate:
        return best[:1], sources.notes
    for other in best[1:]:
        if other.entry.identity != best[0].entry.identity:
            raise ZooError(
                f"{best[0].full_name} is not the same in {best[0].catalogue.address} and {other.catalogue.address}",
                "releases never change: publish one of them again under another version",
            )
    return best, sources.notes


def pull(text: str, encoder: bool = True) -> Pulled:
    """Fetch a release into the cache, or verify that it is there.

    encoder: also the pretrained one that it needs, without which it cannot answer but its card can be read.

    A damaged copy in the cache is fetched again; a damaged release is taken from another catalogue that has it.
    Raises ZooError naming the damaged file if no catalogue has an intact one, and for an index that contradicts the
    card.
    """
    places, notes = find(text)
    failure: ZooError | None = None
    for place in places:
        try:
            folder = fetch(place.entry, place.catalogue, place.folder, notes)
        except ZooError as error:
            failure = failure or error
            continue
        if failure is not None:
            notes.append(f"{failure.message}; fetched it from {place.catalogue.address}")
        card = read_card(folder / CARD)
        notes += changed(card)
        try:
            require_known(card)
        except ZooError as error:
            notes.append(f"{error.message}; {error.hint}")
        if encoder and card.release.base is not None:
            notes.append(_bring(card.release.base))
        return Pulled(place, folder, tuple(notes))
    assert failure is not None
    raise failure


def _matching(sources: Sources, pattern: str) -> list[Found]:
    found = [
        Found(entry, catalogue, entry.folder) for catalogue, entry in sources.entries if fnmatch(entry.name, pattern)
    ]
    found += _candidates(pattern, sources.notes)
    found.sort(key=_rank, reverse=True)
    return sorted(found, key=lambda item: item.entry.name)


def _names(sources: Sources) -> dict[str, list[str]]:
    """The versions of each name, of candidates too, whatever is wrong with these."""
    versions: dict[str, list[str]] = {}
    for _, entry in sources.entries:
        versions.setdefault(entry.name, []).append(entry.version)
    for study in _studies():
        for name in candidates(study):
            versions.setdefault(name, []).append(CANDIDATE)
    return versions


def _bring(base: Base) -> str:
    """See to it that the encoder of a release is on this machine, and say which and where.

    Raises ZooError if not, and for one that `predict` would refuse.
    """
    found = encoders.find(base.name, base.revision, base.sha256)
    found.require_plain()
    return f"it builds on the encoder {base.name} ({base.size}, verified) in {found.folder}"


def _studies() -> list[Path]:
    """The folders of candidates, the current study's first."""
    folders = (top() / "derived").glob("*/zoo")
    return sorted(folders, key=lambda path: (path.parent.name != _current(), path.parent.name))


def _candidates(pattern: str, notes: list[str]) -> Iterator[Found]:
    for study in _studies():
        for name, place in candidates(study).items():
            if not fnmatch(name, pattern):
                continue  # what is wrong with others is of no interest
            try:
                card = check_candidate(place)
            except ZooError as error:
                notes.append(f"{error.message}; {error.hint}")
                continue
            files = {file: place / file for file in (*card.files, CARD, README) if (place / file).is_file()}
            entry = entry_of(card, CANDIDATE, files)
            yield Found(entry, Catalogue(shown(study)), name.replace("@", "/"))


def _current() -> str:
    path = top() / PARAMS
    try:
        return str(yaml_file.parse(yaml_file.read(path), path)["study"])
    except (OSError, ZooError, KeyError):
        return ""  # no study here, or one that is not valid, which other commands report


def _rank(found: Found) -> tuple[bool, bool, tuple[int, int, int]]:
    version = (0, 0, 0) if found.is_candidate else parse_version(found.version)
    return found.entry.origin == "recorded", not found.is_candidate, version


def _no_release(text: str, name: str, versions: dict[str, list[str]], elsewhere: str) -> ZooError:
    """versions: of each known name. elsewhere: why catalogues that may have it cannot be used, if there are any."""
    model, _, corpus = name.partition("@")
    if model not in architectures.names() or corpus not in corpora.names():
        hint = in_words(meant(text, versions)) or f"known: {named(', '.join(versions) or 'none')}"
        return _missing(f"unknown model '{named(name)}'", hint, elsewhere, WRONG_USAGE)
    title = corpora.get(corpus).title
    return _missing(
        f"there is no release of {name} yet",
        f"`make repro` makes a SYNTHETIC one; a model of recorded speech needs the corpus ({title}): "
        f"`zoo data add {corpus} PATH`, a study with it (`zoo study use NAME`), `dvc repro` and `zoo publish NAME`",
        elsewhere,
    )


def _missing(message: str, hint: str, elsewhere: str, exit_code: int = FAILURE) -> ZooError:
    return ZooError(f"{message} ({elsewhere})" if elsewhere else message, hint, exit_code)
