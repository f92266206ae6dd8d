"""TESS: `OAF_back_angry.wav`, speaker, word, emotion; `OA_bite_neutral` is OAF's."""

import re
from pathlib import PurePosixPath

from zoo.corpora.tess import EMOTIONS
from zoo.folds._names._named import Named

_NAME = re.compile(rf"(?P<speaker>OA|YA)F?_(?P<word>[a-z]+)_(?P<emotion>{'|'.join(EMOTIONS)})")


def read(path: PurePosixPath) -> Named | None:
    """Every word was said once in every emotion; each is a take of its own."""
    if (match := _NAME.fullmatch(path.stem)) is None:
        return None
    speaker, word = match["speaker"] + "F", match["word"]
    name = f"{speaker}_{word}_{match['emotion']}"
    return Named(name, speaker, name, word)
