"""EmoDB: `SSTTTEV.wav`, speaker, text, emotion, version. Takes that listeners did not agree on once ended in xx."""

import re
from pathlib import PurePosixPath

from zoo.corpora.emodb import EMOTIONS, SPEAKERS, TEXTS
from zoo.folds._names._named import Named

_NAME = re.compile(
    rf"(?P<id>(?P<speaker>{'|'.join(SPEAKERS)})(?P<text>{'|'.join(TEXTS)})(?P<emotion>[{''.join(EMOTIONS)}])[a-z])(xx)?"
)


def read(path: PurePosixPath) -> Named | None:
    """Versions of one speaker, text and emotion are one take group."""
    if (match := _NAME.fullmatch(path.stem)) is None:
        return None
    speaker, text = match["speaker"], match["text"]
    return Named(match["id"], speaker, speaker + text + match["emotion"], text)
