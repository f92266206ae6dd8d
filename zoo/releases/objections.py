"""What is not published unless somebody insists, and what its card then says."""

from collections.abc import Callable

from zoo.errors import REFUSED, ZooError
from zoo.releases import supersede
from zoo.releases.card import Card
from zoo.releases.catalogue import Catalogue
from zoo.releases.index import Entry

DIRTY = "-dirty"  # after a commit
CODE = ("zoo", "stages", "corpora")  # folders with what a model is made by
Places = list[tuple[Catalogue, Entry]]


def overruled(force: bool, check: Callable[[], None]) -> list[str]:
    """What a check objects to. Raises its ZooError unless the model is published all the same."""
    try:
        check()
    except ZooError as error:
        if not force:
            raise
        return [error.message]
    return []


def require_committed(name: str, commit: str | None) -> None:
    """Raise ZooError where the code is not what its commit says, so that nobody could train the model again."""
    if commit is not None and commit.endswith(DIRTY):
        raise ZooError(
            f"{name}: the code has changes that are not committed, so no commit says how it was made",
            f"commit them (`git status -- {' '.join(CODE)}`), and run `dvc repro`; "
            "--force publishes it all the same, and its card says so",
            REFUSED,
        )


def require_no_worse(card: Card, version: str, places: Places, notes: list[str]) -> None:
    """Raise ZooError for a model that is worse than the release that it would supersede, or not comparable with it."""
    present = supersede.superseded(card, version, places)
    if present is None:
        return
    found = supersede.compare(card, present[1], present[0])
    words = f"{card.name}:{version} would be pulled instead of {found.version}: {found.in_words}"
    if found.objection:
        raise ZooError(
            f"{words}; {found.objection}",
            "find out why, or give it another name in its study; --force publishes it all the same, and its card says "
            "so",
            REFUSED,
        )
    notes.append(words)
