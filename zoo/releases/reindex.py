"""The index of a catalogue, written anew from its cards, as this version of zoo writes it."""

import tempfile
from pathlib import Path

from zoo.errors import ZooError
from zoo.releases import CARD
from zoo.releases.card import FORMAT, read
from zoo.releases.catalogue import Catalogue
from zoo.releases.fetch import copy
from zoo.releases.index import Entry, Index, stated
from zoo.releases.publish import exclusive


def reindex(to: Catalogue) -> int:
    """Write index.json anew: the same releases and files, and all that their cards say. Returns how many there are.

    Raises ZooError for a damaged card; the index is then as it was.
    """
    with exclusive(to), tempfile.TemporaryDirectory() as temporary:
        entries = [_anew(entry, to, Path(temporary) / CARD) for entry in to.index().releases]
        if not entries:
            raise ZooError(f"{to.address} has no releases", "`zoo publish STUDY` makes the first ones")
        to.write_index(Index(format=FORMAT, releases=entries))
    return len(entries)


def _anew(entry: Entry, catalogue: Catalogue, path: Path) -> Entry:
    copy(entry, CARD, catalogue, entry.folder, path)
    return stated(read(path), entry.version, entry.files)
