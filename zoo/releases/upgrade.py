"""Upgrading: releases of a catalogue, written anew as this version of zoo writes them, with the same weights."""

import tempfile
from collections.abc import Callable
from fnmatch import fnmatch
from pathlib import Path

from zoo.errors import unknown
from zoo.releases import CARD, GOLDEN, deviations, embeddings, fingerprints, parse_version
from zoo.releases.card import FORMAT, Card, Code, Upgraded, card_text
from zoo.releases.catalogue import Catalogue
from zoo.releases.fetch import copy
from zoo.releases.figures import refreshed
from zoo.releases.index import Entry, Index
from zoo.releases.load import load
from zoo.releases.package import finish
from zoo.releases.publish import Published, exclusive, upload
from zoo.terminal import with_bar
from zoo.version import __version__

# what later versions of zoo add to a release: each gets the card and the folder, may write further files into it, and
# returns the card with their names among its files (finish fills in the hashes)
Addition = Callable[[Card, Path], Card]
ADDITIONS: tuple[Addition, ...] = (refreshed, deviations.added, fingerprints.added)


def upgrade(to: Catalogue, pattern: str, commit: str | None, with_embeddings: bool = False) -> list[Published]:
    """Publish the newest version of every release that matches the pattern as this version of zoo writes it.

    Nothing is trained: the weights are the same. The new release has the next patch version; one that is already as
    it would be written is left alone. commit: that of the code, for the card. with_embeddings: of what
    they were trained on, see zoo/releases/embeddings.py.
    Raises ZooError before anything is written if a release cannot be upgraded.
    """
    with exclusive(to), tempfile.TemporaryDirectory() as temporary:
        former = to.index().releases
        newest = {entry.name: entry for entry in sorted(former, key=lambda entry: parse_version(entry.version))}
        chosen = {name: entry for name, entry in newest.items() if fnmatch(name, pattern)}
        if not chosen:
            raise unknown("release", pattern, newest)
        cards, done = {}, []
        for name, entry in with_bar(sorted(chosen.items()), "upgrading"):
            folder = Path(temporary) / name
            folder.mkdir()
            additions = (*ADDITIONS, *((embeddings.added,) if with_embeddings else ()))
            card = _upgraded(_copy(entry, to, folder), folder, commit, additions)
            done.append(Published(name, card.version or "", card.version != entry.version))
            if card.version != entry.version:
                cards[folder] = card
        new = [upload(card, folder, to) for folder, card in cards.items()]
        if new:
            releases = sorted([*former, *new], key=lambda entry: (entry.name, parse_version(entry.version)))
            to.write_index(Index(format=FORMAT, releases=releases))
    return done


def _copy(entry: Entry, catalogue: Catalogue, folder: Path) -> Card:
    """Fetch the files of a release into a folder. Raises ZooError naming what is damaged."""
    for name in entry.files:
        copy(entry, name, catalogue, entry.folder, folder / name)
    return load(folder).card


def _upgraded(card: Card, folder: Path, commit: str | None, additions: tuple[Addition, ...] = ADDITIONS) -> Card:
    """The card as it would be written now, of the next patch version; the card itself if nothing would change."""
    former = (folder / CARD).read_text(encoding="utf-8") if (folder / CARD).is_file() else None
    new = card
    for add in additions:
        new = add(new, folder)
    if former is not None and set(new.files) == set(card.files) and card_text(new) == former:
        return card
    if not (folder / GOLDEN).is_file() or set(new.files) != set(card.files):
        new = finish(new, folder)
    major, minor, patch = parse_version(card.version or "")
    upgraded = Upgraded(version=card.version or "", code=Code(version=__version__, commit=commit))
    return new.model_copy(update={"version": f"{major}.{minor}.{patch + 1}", "upgraded": upgraded})
