"""The folder in which pulled releases are kept, and which of them are known to answer as published."""

import hashlib
import json
import os
import platform
from functools import cache
from importlib.metadata import version
from pathlib import Path

from platformdirs import user_cache_path

from zoo.files import write_text
from zoo.releases import GOLDEN, WEIGHTS
from zoo.releases.card import Card
from zoo.version import __version__

CACHE = "ZOO_CACHE"
# packages whose code decides an answer, from samples at 16 kHz on
_CODE = ("architectures", "inputs", "runtime", "tasks")
_LIBRARIES = ("numpy", "scipy", "torch")


def cache_folder() -> Path:
    """Where pulled releases are kept: ZOO_CACHE, else the platform's folder for caches."""
    if chosen := os.environ.get(CACHE):
        return Path(chosen)
    return user_cache_path("zoo", appauthor=False, opinion=False)


def is_known_to_answer(card: Card) -> bool:
    """Whether these files, with this code and these libraries on this kind of machine, answered as published."""
    return _marker(card).is_file()


def note_that_it_answers(card: Card) -> None:
    """Remember it. Where the cache cannot be written, it is checked again the next time."""
    try:
        write_text(_marker(card), f"{card.full_name} answers as published\n")
    except OSError:
        return


def _marker(card: Card) -> Path:
    facts = {
        "weights": card.files[WEIGHTS].sha256,
        "golden": card.files[GOLDEN].sha256,
        "release": card.release.model_dump(mode="json"),
        "views": card.views,
        "runtime": _runtime(),
    }
    return cache_folder() / "answers" / hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


@cache
def _runtime() -> list[str]:
    """Versions of what answers: zoo, by its files too, libraries, Python and the machine."""
    top, digest = Path(__file__).parents[1], hashlib.sha256()
    for path in sorted(path for package in _CODE for path in (top / package).rglob("*.py")):
        digest.update(path.relative_to(top).as_posix().encode() + b"\0" + path.read_bytes())
    libraries = [version(name) for name in _LIBRARIES]
    return [__version__, digest.hexdigest(), *libraries, platform.python_version(), platform.machine()]
