"""Finding a release by name, fetching it into the cache and verifying it."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from zoo import architectures, corpora, encoders
from zoo.errors import ZooError, unknown
from zoo.files import disk_is_full, whole_file
from zoo.hashes import sha256_of
from zoo.project import shown, top
from zoo.releases import CANDIDATE, CARD, README, parse_name, parse_version
from zoo.releases.cache import CACHE, cache_folder
from zoo.releases.card import read as read_card
from zoo.releases.catalogue import INDEX, Catalogue, Entry, entry_of, known, parse_index
from zoo.releases.publish import candidates, check_candidate
from zoo.runtime.release import Base


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
    """All releases and candidates whose name matches the pattern, by name and newest first, and notes for the user."""
    notes: list[str] = []
    found = [
        Found(entry, catalogue, entry.folder)
        for catalogue in known()
        for entry in _entries(catalogue, notes)
        if fnmatch(entry.name, pattern)
    ]
    found += _candidates(pattern, notes)
    found.sort(key=_rank, reverse=True)
    return sorted(found, key=lambda item: item.entry.name), notes


def find(text: str) -> tuple[list[Found], list[str]]:
    """The places that hold the wanted release (or the newest one), the best first, and notes for the user.

    Models of recorded speech come before synthetic ones; among each, releases (the newest first) before this clone's
    candidates.
    Raises ZooError for an unknown name (with near ones), or when two catalogues disagree.
    """
    name, version = parse_name(text)
    mine, notes = everything(name)
    if not mine:
        for study in _studies():
            if place := candidates(study).get(name):
                check_candidate(place)  # it is damaged, or it would be in the list: raises the error
        raise _no_release(name, {item.entry.name for item in everything()[0]})
    if version is not None:
        fitting = [item for item in mine if item.version == version]
        if not fitting:
            versions = ", ".join(dict.fromkeys(item.version for item in mine))
            raise ZooError(f"there is no {name}:{version}", f"available: {versions}")
        mine = fitting
    best = [item for item in mine if item.version == mine[0].version]
    if best[0].is_candidate:
        return best[:1], notes
    for other in best[1:]:
        if other.entry.identity != best[0].entry.identity:
            raise ZooError(
                f"{best[0].full_name} is not the same in {best[0].catalogue.address} and {other.catalogue.address}",
                "releases never change: publish one of them again under another version",
            )
    return best, notes


def pull(text: str) -> Pulled:
    """Fetch a release into the cache, or verify that it is there.

    A damaged copy in the cache is fetched again; a damaged release is taken from another catalogue that has it.
    Raises ZooError naming the damaged file if no catalogue has an intact one.
    """
    places, notes = find(text)
    failure: ZooError | None = None
    for place in places:
        try:
            folder = _fetch(place, notes)
        except ZooError as error:
            failure = failure or error
            continue
        if failure is not None:
            notes.append(f"{failure.message}; fetched it from {place.catalogue.address}")
        card = read_card(folder / CARD)
        if card.identity != place.entry.identity or (card.version or CANDIDATE) != place.version:
            raise ZooError(
                f"{place.catalogue.where(INDEX)} does not agree with the card of {place.full_name}",
                place.catalogue.repair_hint(),
            )
        if card.release.base is not None:
            notes.append(_bring(card.release.base))
        return Pulled(place, folder, tuple(notes))
    assert failure is not None
    raise failure


def _bring(base: Base) -> str:
    """See to it that the encoder of a release is on this machine, and say which and where.

    Raises ZooError if not, and for one that `predict` would refuse.
    """
    found = encoders.find(base.name, base.revision, base.sha256)
    found.require_plain()
    return f"it builds on the encoder {base.name} ({base.size}, verified) in {found.folder}"


def _fetch(found: Found, notes: list[str]) -> Path:
    """The folder of a release, every file of it verified: in the cache, else where a local catalogue has it.

    Raises ZooError where neither can be.
    """
    try:
        return _cached(found, notes)
    except (OSError, ZooError) as error:
        reason = error if isinstance(error, OSError) else error.__cause__
        if not isinstance(reason, OSError) or (isinstance(error, ZooError) and not disk_is_full(reason)):
            raise  # it has nothing to do with the cache
        if (place := _in_place(found)) is None:
            raise ZooError(
                f"the cache {cache_folder()} cannot be written: {reason.strerror}",
                f"set {CACHE} to a folder that you can write to, with space in it",
            ) from error
        why = f"the cache {cache_folder()} cannot be written ({reason.strerror})"
        notes.append(f"{why}: {found.where} is used in place")
        return place


def _in_place(found: Found) -> Path | None:
    if found.catalogue.local is None:
        return None
    folder = found.catalogue.local / found.folder
    intact = all(sha256_of(folder / name) == file.sha256 for name, file in found.entry.files.items())
    return folder if intact else None


def _cached(found: Found, notes: list[str]) -> Path:
    contents = {name: file.sha256 for name, file in found.entry.files.items()}
    # the folder's name depends on its contents, so concurrent writers write the same bytes
    digest = hashlib.sha256(json.dumps(contents, sort_keys=True).encode()).hexdigest()[:16]
    folder = cache_folder() / found.entry.name / f"{found.version}-{digest}"
    for name, sha256 in contents.items():
        path = folder / name
        if path.is_file():
            if sha256_of(path) == sha256:
                continue
            notes.append(f"the copy in the cache was damaged ({path}); fetched it again")
        with whole_file(path) as part:
            if found.catalogue.copy(f"{found.folder}/{name}", part) != sha256:
                raise ZooError(
                    f"{found.where}/{name} is damaged: its sha256 is not the one it was published with",
                    found.catalogue.repair_hint(),
                )
    return folder


def _entries(catalogue: Catalogue, notes: list[str]) -> list[Entry]:
    """The entries of the index; of its last copy if a remote catalogue cannot be reached."""
    if catalogue.local is not None:
        return catalogue.index().releases
    kept = cache_folder() / "indexes" / f"{hashlib.sha256(catalogue.address.encode()).hexdigest()[:16]}.json"
    try:
        content = catalogue.read(INDEX)
    except ZooError:
        if not kept.is_file():
            raise
        notes.append(f"{catalogue.address} cannot be reached; using the last copy of its index")
        return parse_index(kept.read_bytes(), catalogue).releases
    if content is None:
        return []
    entries = parse_index(content, catalogue).releases
    with suppress(OSError, ZooError), whole_file(kept) as part:  # where the cache cannot be written, nothing is kept
        part.write_bytes(content)
    return entries


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
    import yaml

    try:
        return str(yaml.safe_load((top() / "params.yaml").read_text(encoding="utf-8"))["study"])
    except (OSError, yaml.YAMLError, KeyError, TypeError):
        return ""  # no study here, or one that is not valid, which other commands report


def _rank(found: Found) -> tuple[bool, bool, tuple[int, int, int]]:
    version = (0, 0, 0) if found.is_candidate else parse_version(found.version)
    return found.entry.origin == "recorded", not found.is_candidate, version


def _no_release(name: str, names: set[str]) -> ZooError:
    corpus = name.partition("@")[2]
    if name.partition("@")[0] not in architectures.names() or corpus not in corpora.names():
        return unknown("model", name, names)
    title = corpora.get(corpus).title
    return ZooError(
        f"there is no release of {name} yet",
        f"`make repro` makes a SYNTHETIC one; a model of recorded speech needs the corpus ({title}): "
        f"`zoo data add {corpus} PATH`, a study with it (`zoo study use NAME`), `dvc repro` and `zoo publish NAME`",
    )
