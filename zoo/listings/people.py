"""Names of speakers in one table, of whom one may be written in several ways."""

import re
from collections.abc import Iterable


def person(name: str) -> str:
    """A speaker, however written in one data set: `spk_01`, `SPK1` and `spk1` are one, `1_1` and `11` are two.

    A name without letters and numbers is left as it is.
    """
    parts = re.sub(r"\.0$", "", name.strip().casefold())
    parts = re.sub(r"(?<!\d)0+(?=\d)", "", parts)
    return re.sub(r"(?<!\d)[\W_]+|[\W_]+(?!\d)", "", parts) or name


def first_spelling(names: Iterable[str]) -> dict[str, str]:
    """Each name -> the first one of the same person.

    >>> first_spelling(["p1", "P01", "p2"])
    {'p1': 'p1', 'P01': 'p1', 'p2': 'p2'}
    """
    first: dict[str, str] = {}
    return {name: first.setdefault(person(name), name) for name in names}
