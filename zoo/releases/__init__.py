"""Releases: their cards, the catalogues that hold them, and what can be done with one.

A release is `architecture@corpus:version`: half-precision weights, a card that is the truth about them, and the card
for people. This file holds what all of it agrees on: names and versions.
"""

import re

from zoo.errors import WRONG_USAGE, ZooError

WEIGHTS, CARD, README = "weights.safetensors", "card.json", "README.md"
FILES = (WEIGHTS, CARD, README)
CANDIDATE = "candidate"  # stands where a version would, for what this clone has made and not published
SYNTHETIC = "SYNTHETIC: trained on made-up stand-ins for speech; its answers and scores say nothing about people"

Version = tuple[int, int, int]
_VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
_NAME = re.compile(r"([a-z][a-z0-9_]*)@([a-z][a-z0-9_]*)(?::(.+))?")


def parse_name(text: str) -> tuple[str, str | None]:
    """`architecture@corpus` and the version (X.Y.Z or `candidate`) or None.

    Raises ZooError when the text is no such name.
    """
    match = _NAME.fullmatch(text)
    if match is None:
        raise ZooError(
            f"'{text}' is not the name of a model",
            "names are architecture@corpus or architecture@corpus:version, such as cnn_lstm@emodb; see `zoo list`",
            WRONG_USAGE,
        )
    architecture, corpus, version = match.groups()
    if version not in (None, CANDIDATE):
        parse_version(version)
    return f"{architecture}@{corpus}", version


def parse_version(text: str) -> Version:
    """(X, Y, Z) of `X.Y.Z`. Raises ZooError when the text is no version."""
    match = _VERSION.fullmatch(text)
    if match is None:
        raise ZooError(f"'{text}' is not a version", "versions are X.Y.Z, such as 1.0.0", WRONG_USAGE)
    major, minor, patch = match.groups()
    return int(major), int(minor), int(patch)
