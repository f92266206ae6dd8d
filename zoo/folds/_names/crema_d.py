"""CREMA-D: `1001_DFA_ANG_XX.wav`, actor, sentence, emotion, level; older copies have one name that ends in _X."""

import re
from pathlib import PurePosixPath

from zoo.corpora.crema_d import EMOTIONS, LEVELS, SENTENCES, SPEAKERS, TWINS
from zoo.folds._names._named import Named

_NAME = re.compile(
    rf"(?P<actor>\d{{4}})_(?P<sentence>{'|'.join(SENTENCES)})_({'|'.join(EMOTIONS)})_(?P<level>{'|'.join(LEVELS)}|X)"
)


def read(path: PurePosixPath) -> Named | None:
    """The levels of one sentence and emotion are one take group, as are clips with the same bytes."""
    match = _NAME.fullmatch(path.stem)
    if match is None or match["actor"] not in SPEAKERS:
        return None
    name = match.string + "X" if match["level"] == "X" else match.string
    return Named(name, match["actor"], TWINS.get(name, name).rpartition("_")[0], match["sentence"])
