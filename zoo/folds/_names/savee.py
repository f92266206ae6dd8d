"""SAVEE: `DC/a01.wav` or `DC_a01.wav`, speaker, emotion and number of the sentence; 01 to 03 are in all emotions."""

import re
from pathlib import PurePosixPath

from zoo.corpora.savee import SPEAKERS
from zoo.folds._names._named import Named

_NAME = re.compile(rf"(?P<speaker>{'|'.join(SPEAKERS)})[_/](?P<code>(?:sa|su|[adfhn])(?P<number>[0-3]\d))")


def read(path: PurePosixPath) -> Named | None:
    """An emotion and number are the same sentence for all speakers."""
    match = _NAME.fullmatch(path.stem) or _NAME.fullmatch(f"{path.parent.name}/{path.stem}")
    if match is None:
        return None
    name = f"{match['speaker']}_{match['code']}"
    text = f"common{match['number']}" if int(match["number"]) <= 3 else match["code"]
    return Named(name, match["speaker"], name, text)
