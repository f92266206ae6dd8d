"""Fetching a release into the cache: whole or not at all, and only if its card says what the index says."""

import errno
import hashlib
import json
import shutil
from pathlib import Path

from zoo.errors import ZooError
from zoo.files import disk_is_full, named
from zoo.hashes import sha256_of
from zoo.locks import locked
from zoo.releases import CANDIDATE, CARD, README
from zoo.releases.cache import CACHE, cache_folder
from zoo.releases.card import Card, read
from zoo.releases.catalogue import INDEX, Catalogue
from zoo.releases.index import Entry, stated

_NOT_WRITABLE = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST)
_OTHER_CACHE = f"set {CACHE} to a folder that you can write to, with space in it"
_PARTIAL = "partial"  # in the cache: locks, and what is being fetched
_LARGEST_CARD = 64_000_000  # bytes: a card is read into memory, with a hash for each of up to some 900,000 utterances


def fetch(entry: Entry, catalogue: Catalogue, place: str, notes: list[str]) -> Path:
    """The folder of a release in the cache, with all its files as the index states them.

    place: its folder below the catalogue's address. Damaged files in the cache are fetched again, which notes say.
    Where the cache cannot be written, a release on this machine is used where it is.
    Raises ZooError naming what is damaged, missing, too large or contradictory; the cache is then as it was.
    """
    facts = {name: file.sha256 for name, file in entry.files.items()}
    # the folder's name depends on its contents, so a release that was published anew is another one
    digest = hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]
    folder = cache_folder() / entry.name / f"{entry.version}-{digest}"
    if _wanting(entry, folder):
        try:
            _fill(entry, catalogue, place, folder, notes)
        except OSError as error:
            if not disk_is_full(error) and error.errno not in _NOT_WRITABLE:
                raise
            why = f"the cache {cache_folder()} cannot be written ({error.strerror})"
            folder = _in_place(entry, catalogue, place, ZooError(why, _OTHER_CACHE))
            notes.append(f"{why}: {catalogue.where(place)} is used in place")
    else:
        _require_agreement(entry, folder / CARD, catalogue, place)
    return folder


def _in_place(entry: Entry, catalogue: Catalogue, place: str, error: ZooError) -> Path:
    """The release's folder in a catalogue on this machine, if it is intact. Raises the error of the cache otherwise."""
    folder = None if catalogue.local is None else (catalogue.local / place).absolute()
    if folder is None or _wanting(entry, folder):
        raise error
    _require_agreement(entry, folder / CARD, catalogue, place)
    return folder


def _wanting(entry: Entry, folder: Path) -> list[str]:
    """The files that are missing or damaged; the card first, so that no more is fetched than it takes to refuse."""
    names = sorted(entry.files, key=lambda name: (name != CARD, name))
    return [name for name in names if not _is(folder / name, entry.files[name].sha256)]


def _is(path: Path, sha256: str) -> bool:
    return path.is_file() and sha256_of(path) == sha256


def _fill(entry: Entry, catalogue: Catalogue, place: str, folder: Path, notes: list[str]) -> None:
    partial = cache_folder() / _PARTIAL
    stage = partial / f"{entry.name}-{folder.name}"
    waiting = f"another zoo is fetching {entry.name}:{entry.version}; waiting for it"
    with locked(partial / f"{stage.name}.lock", waiting):
        shutil.rmtree(stage, ignore_errors=True)  # of a process that was killed
        stage.mkdir()
        try:
            for name in _wanting(entry, folder):  # another process may have fetched them meanwhile
                copy(entry, name, catalogue, place, stage / name)
                if name == CARD:
                    _require_agreement(entry, stage / name, catalogue, place)
            if folder.is_dir():
                for path in sorted(stage.iterdir()):
                    if (folder / path.name).is_file():
                        notes.append(f"the copy in the cache was damaged ({folder / path.name}); fetched it again")
                    path.replace(folder / path.name)
            else:
                folder.parent.mkdir(parents=True, exist_ok=True)
                stage.rename(folder)
            _require_agreement(entry, folder / CARD, catalogue, place)
        finally:
            shutil.rmtree(stage, ignore_errors=True)


def copy(entry: Entry, name: str, catalogue: Catalogue, place: str, target: Path) -> None:
    """Copy a file of a release from its catalogue. Raises ZooError if it is missing, too large or damaged."""
    file = entry.files[name]
    if name == CARD and file.num_bytes > _LARGEST_CARD:
        raise ZooError(f"{catalogue.where(place)}/{name} has {file.num_bytes} bytes, which no card has")
    if catalogue.copy(f"{place}/{name}", target, file.num_bytes) != file.sha256:
        raise ZooError(
            f"{catalogue.where(place)}/{name} is damaged: its sha256 is not the one it was published with",
            catalogue.repair_hint(),
        )


def _require_agreement(entry: Entry, path: Path, catalogue: Catalogue, place: str) -> None:
    """Raise ZooError naming the first field of which index and card say different things."""
    try:
        card = read(path)
    except ZooError as error:
        message = error.message.replace(str(path), f"{catalogue.where(place)}/{CARD}")
        raise ZooError(named(message), catalogue.repair_hint()) from error
    if (field := contradiction(entry, card)) is not None:
        raise ZooError(
            f"{catalogue.where(INDEX)} does not agree with the card of {entry.name}:{entry.version}: their {field} "
            "is not the same",
            catalogue.repair_hint(),
        )


def contradiction(entry: Entry, card: Card) -> str | None:
    """The first field of which an entry says something else than the card; None if they agree.

    What an older index does not state cannot differ, and neither can a licence that only one version of zoo knows.
    """
    own = {name: entry.files[name] for name in (CARD, README)}
    of_card = stated(card, card.version or CANDIDATE, card.files | own)
    for field in sorted(entry.model_fields_set - {"files"}):
        said, known = getattr(entry, field), getattr(of_card, field)
        if (field == "licence" and said == card.data.licence) or (field == "commercial_use" and None in (said, known)):
            continue
        if said != known:
            return field
    for name in sorted({*entry.files, *of_card.files}):
        if entry.files.get(name) != of_card.files.get(name):
            return f"file {name}"
    return None
