"""The folder in which pulled releases are kept, and which of them are known to answer as published."""

import hashlib
import json
import os
import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from platformdirs import user_cache_path

from zoo.errors import ZooError
from zoo.files import write_text
from zoo.releases import GOLDEN, WEIGHTS
from zoo.releases.card import Card
from zoo.version import __version__

CACHE = "ZOO_CACHE"
# packages whose code decides an answer, from samples at 16 kHz on
_CODE = ("architectures", "inputs", "runtime", "tasks")
_LIBRARIES = ("numpy", "scipy", "torch")
# and those of a model on an encoder besides
_CODE_OF_ENCODER = ("adaptation", "audio", "encoders")
_LIBRARIES_OF_ENCODER = ("peft", "transformers")


def cache_folder() -> Path:
    """Where pulled releases are kept: ZOO_CACHE, else the platform's folder for caches."""
    if chosen := os.environ.get(CACHE):
        return Path(chosen)
    return user_cache_path("zoo", appauthor=False, opinion=False)


def is_known_to_answer(card: Card, configuration: str | None) -> bool:
    """Whether these files, with this code and these libraries on this kind of machine, answered as published.

    configuration: of the encoder that was found, see zoo.inputs.contract.Input; None for a model without one.
    """
    return _marker(card, configuration).is_file()


def note_that_it_answers(card: Card, configuration: str | None) -> None:
    """Remember it. Where the cache cannot be written, it is checked again the next time."""
    try:
        write_text(_marker(card, configuration), f"{card.full_name} answers as published\n")
    except (OSError, ZooError):  # a full disk is a ZooError
        return


def _marker(card: Card, configuration: str | None) -> Path:
    facts = {
        "weights": card.files[WEIGHTS].sha256,
        "golden": card.files[GOLDEN].sha256,
        "release": card.release.model_dump(mode="json"),
        "views": card.views,
        "runtime": _runtime(_CODE, _LIBRARIES),
    }
    if card.release.base is not None:
        # the card has the hash of the encoder's weights, and nothing of how they are used
        facts |= {"configuration": configuration, "of_encoder": _runtime(_CODE_OF_ENCODER, _LIBRARIES_OF_ENCODER)}
    return cache_folder() / "answers" / hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


@cache
def _runtime(code: tuple[str, ...], libraries: tuple[str, ...]) -> list[str]:
    """Versions of what answers: zoo, by its files too, libraries, Python and the machine."""
    top, digest = Path(__file__).parents[1], hashlib.sha256()
    for path in sorted(path for name in code for path in (top / name).rglob("*.py")):
        digest.update(path.relative_to(top).as_posix().encode() + b"\0" + path.read_bytes())
    versions = [_version(name) for name in libraries]
    return [__version__, digest.hexdigest(), *versions, platform.python_version(), platform.machine()]


def _version(library: str) -> str:
    """Empty where it is not installed: some models on encoders need no peft."""
    try:
        return version(library)
    except PackageNotFoundError:
        return ""
