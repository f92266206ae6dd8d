"""IEMOCAP: `Ses01F_impro01_M003`; the last field tells who speaks, the first one who wore the markers."""

import re
from pathlib import PurePosixPath

from zoo.folds._names._named import Named

_NAME = re.compile(r"(?P<session>Ses0[1-5])[FM]_(?P<scene>impro\d\d|script\d\d_\d)[a-z]?_(?P<who>[FM])(\d{3}|XX\d)")


def read(path: PurePosixPath) -> Named | None:
    """A take group is a speaker's part in a script or scene; scripts were played twice a session."""
    if (match := _NAME.fullmatch(path.stem)) is None:
        return None
    speaker, scene = match["session"] + match["who"], match["scene"]
    text = scene if scene.startswith("script") else None
    return Named(match.string, speaker, f"{speaker}-{scene}", text)
