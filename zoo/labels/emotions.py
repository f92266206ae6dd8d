"""The emotions that labels of a project's own corpora can mean: each goes where a shipped corpus's label goes.

So the shared schemes, with their alternatives and reasons, hold for own corpora without a line in any table.
"""

from collections.abc import Iterable

from zoo.errors import WRONG_USAGE, ZooError, unknown

# emotion -> the shipped corpus and its label that defines it
EMOTIONS = {
    "anger": ("emodb", "anger"),
    "boredom": ("emodb", "boredom"),
    "calm": ("ravdess", "calm"),
    "disgust": ("emodb", "disgust"),
    "excitement": ("iemocap", "exc"),
    "fear": ("emodb", "fear"),
    "frustration": ("iemocap", "fru"),
    "happiness": ("emodb", "happiness"),
    "neutral": ("emodb", "neutral"),
    "sadness": ("emodb", "sadness"),
    "surprise": ("savee", "surprise"),
}
# words for them that need no --map
_ALSO = {
    "angry": "anger",
    "bored": "boredom",
    "disgusted": "disgust",
    "excited": "excitement",
    "fearful": "fear",
    "frustrated": "frustration",
    "happy": "happiness",
    "joy": "happiness",
    "sad": "sadness",
    "surprised": "surprise",
}


def guessed(label: str) -> str | None:
    """The emotion that a label means by its name alone; None for any other word.

    >>> guessed("Angry"), guessed("wut")
    ('anger', None)
    """
    word = label.strip().casefold()
    return word if word in EMOTIONS else _ALSO.get(word)


def mapped(pairs: str, labels: Iterable[str]) -> dict[str, str | None]:
    """The emotion of each native label: by `pairs`, such as `wut=anger,laune=`, else by its name; None for none.

    Raises ZooError for a label that does not occur, is mapped twice, or whose emotion is unknown.
    """
    known = list(labels)
    found: dict[str, str | None] = {}
    for pair in filter(None, (part.strip() for part in pairs.split(","))):
        label, equals, emotion = (part.strip() for part in pair.partition("="))
        if not equals:
            raise ZooError(
                f"--map {pair} is not LABEL=EMOTION", "such as --map wut=anger,freude=happiness", WRONG_USAGE
            )
        if label not in known:
            raise unknown("label in --map", label, known)
        if label in found:
            raise ZooError(f"--map has {label} twice", "state one emotion for each label", WRONG_USAGE)
        if emotion and emotion not in EMOTIONS:
            raise unknown("emotion in --map", emotion, EMOTIONS)
        found[label] = emotion or None
    return {label: found[label] if label in found else guessed(label) for label in known}
