"""Which model is meant by a name that none has."""

import difflib
import re
from collections.abc import Iterable, Mapping

_VERSION = re.compile(r"v?(\d+(?:\.\d+){1,2})", re.IGNORECASE)
_MOST = 3  # suggestions


def meant(text: str, versions: Mapping[str, Iterable[str]]) -> list[str]:
    """The names that come closest to `text`, at most three; with a version, where the text has one that they have.

    versions: of each known name. Signs and capitals do not count, and parts of a name are enough.

    >>> known = {"cnn@emodb": ["1.0.0"], "cnn_lstm@emodb": ["2.0.0"], "cnn_lstm@ravdess": ["2.0.0"]}
    >>> meant("CNN-LSTM@EmoDB", known), meant("cnn@1.0.0", known), meant("lstm", known)
    (['cnn_lstm@emodb'], ['cnn@emodb:1.0.0'], ['cnn_lstm@emodb', 'cnn_lstm@ravdess'])
    """
    parts = [part for part in re.split(r"[@:/\s]+", text[:200]) if part]
    version = next((found[1] for part in parts if (found := _VERSION.fullmatch(part))), None)
    words = [_plain(part) for part in parts if not _VERSION.fullmatch(part)]
    if version is None and not any(words):
        return []
    names = _near([word for word in words if word], versions)
    of_version = [name for name in names if version and version in versions[name]]
    return [f"{name}:{version}" for name in of_version][:_MOST] or names[:_MOST]


def in_words(names: list[str]) -> str:
    """A question for a hint; empty if there is nothing to suggest."""
    return f"did you mean {' or '.join(names)}?" if names else ""


def _near(words: list[str], names: Iterable[str]) -> list[str]:
    plain = {name: _plain(name) for name in names}
    whole = "".join(words)
    if alike := [name for name, sign in plain.items() if sign == whole]:
        return alike
    having = [name for name, sign in plain.items() if all(word in sign for word in words)]
    if having:
        # `cnn` is meant as cnn@emodb rather than as cnn_lstm@emodb
        of_model = [name for name in having if words and _plain(name.partition("@")[0]) == words[0]]
        return sorted(of_model or having)
    close = difflib.get_close_matches(whole, plain.values(), n=_MOST, cutoff=0.5)
    return [name for sign in close for name, other in plain.items() if other == sign]


def _plain(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())
