"""Releases: cards, catalogues, publishing, prediction and evaluation.

A release is `model@corpus:version`: half-precision weights, golden answers by which they are recognised, card.json with
all facts about them, and README.md, the card for people; further files may follow. This file defines what they share:
names and versions.
"""

import re

from zoo.errors import WRONG_USAGE, ZooError
from zoo.files import named

WEIGHTS, GOLDEN, CARD, README = "weights.safetensors", "golden.safetensors", "card.json", "README.md"
FINGERPRINTS = "fingerprints.parquet"  # of what it was trained on; some releases have none
EMBEDDINGS = "embeddings.safetensors"  # of what it was trained on, for methods to adapt it by; some releases have none
PREDICTIONS = "predictions.parquet"  # of its speakers by models trained without them; some releases have none
FILES = (WEIGHTS, GOLDEN, CARD, README)  # those that every release has
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
CANDIDATE = "candidate"  # in place of a version, for unpublished models of this clone
SYNTHETIC = "SYNTHETIC: trained on made-up stand-ins for speech; its answers and scores say nothing about people"

Version = tuple[int, int, int]
_VERSION = re.compile(r"(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})")
_NAME = re.compile(r"([a-z][a-z0-9_]*)@([a-z][a-z0-9_]*)(?::(.+))?")


def parse_name(text: str) -> tuple[str, str | None]:
    """`model@corpus` and the version (X.Y.Z or `candidate`) or None.

    Raises ZooError when the text is not a valid name.
    """
    match = _NAME.fullmatch(str(text))
    if match is None:
        raise ZooError(
            f"'{named(text)}' is not the name of a model",
            "names are model@corpus or model@corpus:version, such as cnn@emodb; see `zoo list`",
            WRONG_USAGE,
        )
    model, corpus, version = match.groups()
    if version not in (None, CANDIDATE):
        parse_version(version)
    return f"{model}@{corpus}", version


def tag_of(name: str, version: str) -> str:
    """The git tag that registers a release with GTO (github.com/iterative/gto): of model@corpus and X.Y.Z.

    GTO's names have small letters, digits, - and /, and its versions a v before them; ours have neither - nor /, so no
    two releases have one tag.

    >>> tag_of("whisper_base@emodb_nemo", "1.0.0")
    'whisper-base/emodb-nemo@v1.0.0'
    """
    return f"{name.replace('_', '-').replace('@', '/')}@v{version}"


def require_file_name(text: str) -> None:
    """Raise ZooError for a name that is not that of a file in a release's folder, such as one that leads out of it."""
    if _FILE.fullmatch(text) is None:
        raise ZooError(f"'{named(text)}' is not the name of a file of a release", "letters, digits, '.', '_' and '-'")


def parse_version(text: str) -> Version:
    """(X, Y, Z) of `X.Y.Z`. Raises ZooError when the text is not a version."""
    match = _VERSION.fullmatch(text)
    if match is None:
        raise ZooError(f"'{named(text)}' is not a version", "versions are X.Y.Z, such as 1.0.0", WRONG_USAGE)
    major, minor, patch = match.groups()
    return int(major), int(minor), int(patch)
