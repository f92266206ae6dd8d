"""Which speaker of a corpus a name means, however it is written: `1`, `1.0`, `Actor_01` and `spk1` are RAVDESS's 01."""

import re
from collections.abc import Iterable


def meant(names: Iterable[str], speakers: Iterable[str]) -> dict[str, str | None]:
    """Name -> the speaker that it means, None if it is none of them; leading letters may be missing in either.

    >>> meant(["1", "speaker_03", "S03", "2F", "Anna"], ["01", "03", "Ses02F"])
    {'1': '01', 'speaker_03': '03', 'S03': '03', '2F': 'Ses02F', 'Anna': None}
    """
    plain = {_plain(speaker): speaker for speaker in speakers}
    bare: dict[str, str | None] = {}
    for name, speaker in plain.items():
        bare[_bare(name)] = None if _bare(name) in bare else speaker
    return {name: plain.get(_plain(name)) or bare.get(_plain(name)) or plain.get(_bare(_plain(name))) for name in names}


def is_number(name: str) -> bool:
    """Whether a speaker is only numbered, as are many of other data sets."""
    return name.strip().isdigit()


def form(name: str) -> str:
    """How a name is written, whatever its number: equal for `speaker_03` and `speaker_12`, and for `3.0` and `08`."""
    return re.sub(r"[\W\d_]", "", name.lower())


def _plain(name: str) -> str:
    """The name reduced to lower-case letters and numbers without leading zeros; `1.0` is 1."""
    name = re.sub(r"[\W_]", "", re.sub(r"\.0$", "", name.strip().lower()))
    return re.sub(r"(?<!\d)0+(?=\d)", "", name)


def _bare(plain: str) -> str:
    """The name without the letters before the first number, as in actor1 and ses2f."""
    return re.sub(r"^[a-z]+(?=\d)", "", plain)
