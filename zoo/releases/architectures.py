"""The source of a release's architectures: which files somebody needs who does not have them."""

from pathlib import Path

from zoo import architectures
from zoo.errors import ZooError
from zoo.hashes import sha256_of
from zoo.releases.card import Card
from zoo.runtime.release import Release
from zoo.version import __version__

_FOLDER = Path(architectures.__file__).parent


def sources_of(release: Release) -> dict[str, str]:
    """The sha256 of the file of each architecture, by its name."""
    return {name: sha256_of(_file(name)) for name in sorted({one.architecture for one in release.networks})}


def require_known(card: Card) -> None:
    """Raise ZooError for a release of an architecture that this zoo does not have."""
    for name in dict.fromkeys(one.architecture for one in card.release.networks):
        if architectures.REGISTRY.has(name):
            continue
        known = f", sha256 {card.architectures[name]}" if name in card.architectures else ""
        commit = f", commit {card.code.commit}" if card.code.commit else ""
        raise ZooError(
            f"{card.full_name} needs the architecture '{name}', which this zoo does not have",
            f"obtain zoo/architectures/{name}.py{known} from those who published it (zoo {card.code.version}{commit}) "
            f"and put it into {_FOLDER}, or install a zoo that has it",
        )


def changed(card: Card) -> list[str]:
    """A note for each architecture whose source is not that of the release, which this very version of zoo made."""
    made_by = {card.code.version, card.upgraded.code.version if card.upgraded else card.code.version}
    if made_by != {__version__}:
        return []  # that other versions have other sources is no news; golden answers say whether they matter
    return [
        f"zoo/architectures/{name}.py is not the file that {card.full_name} was published with"
        for name, sha256 in card.architectures.items()
        if architectures.REGISTRY.has(name) and sha256_of(_file(name)) != sha256
    ]


def _file(name: str) -> Path:
    return _FOLDER / f"{name}.py"
