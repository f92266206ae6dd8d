"""The ledger on a page: icons of what a method sees of the target, beside its name, and what they mean.

An icon is a sign of the text with a description for screen readers, so that it needs no picture and follows the theme.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup

from zoo import pages


@dataclass(frozen=True)
class Icon:
    """pattern: of the words in the ledger (zoo/tables/sights.py); of a number in it, the sign is followed by it."""

    pattern: str
    sign: str
    meaning: str


# from nothing to most: the order in which methods are listed
ICONS = (
    Icon(r"nothing", "∅", "nothing of the target"),
    Icon(r"earlier utterances", "♪", "unlabelled utterances of the target, those that were answered before"),
    Icon(r"(\d+) unlabelled utterances of each speaker", "⊕", "so many unlabelled utterances of each speaker"),
    Icon(r"unlabelled utterances", "♫", "unlabelled utterances of the target, all of them"),
    Icon(r"their speakers", "☻", "who speaks in each of them"),
    Icon(r"an assumed prior", "π", "how frequent each class is, which is assumed and not known"),
    Icon(r"(\d+) labels a class", "✎", "so many labelled utterances of each class, of speakers who are not tested"),
)
_OTHER = Icon("", "?", "what the ledger says in words")


def icons(sights: str) -> list[tuple[Icon, str]]:
    """The icons of what is seen, as the ledger states it, each with its number or nothing."""
    return [_icon(part) for part in sights.split(", ")]


def signs(sights: str) -> str:
    """Their signs, for pictures.

    >>> signs("unlabelled utterances, their speakers"), signs("5 labels a class")
    ('♫☻', '✎5')
    """
    return "".join(icon.sign + number for icon, number in icons(sights))


def order(sights: str) -> tuple[object, ...]:
    """A key to sort by, from those that see nothing to those that see most."""
    found = sorted(((ICONS.index(icon) if icon in ICONS else len(ICONS), int(n or 0)) for icon, n in icons(sights)))
    return (found[-1], *found, sights)


def shown(sights: str) -> Markup:
    """The icons on a page, with what they mean for screen readers."""
    return pages.icon(signs(sights), f"sees {sights}")


def named(method: str, sights: str, after: str = "") -> Markup:
    """A method's name with its icons. after: what follows them, such as the signs of its doubts."""
    name = Markup("_<wbr>").join(method.split("_"))
    return Markup("{} {}{}").format(name, shown(sights), f" {after}" if after else "")


def in_picture(method: str, sights: str) -> str:
    """A method's name with its icons as text.

    >>> in_picture("coral", "unlabelled utterances")
    'coral ♫'
    """
    return f"{method} {signs(sights)}"


def legend(every: Iterable[str]) -> list[str]:
    """What the icons of these sights mean, a sentence each."""
    found = {icon for sights in every for icon, _ in icons(sights)}
    return [f"{icon.sign} {icon.meaning}." for icon in (*ICONS, _OTHER) if icon in found]


def _icon(part: str) -> tuple[Icon, str]:
    for icon in ICONS:
        if match := re.fullmatch(icon.pattern, part):
            return icon, "".join(match.groups())
    return _OTHER, ""
