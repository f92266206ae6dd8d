"""RAVDESS: `MM-VV-EE-II-SS-RR-AA`, modality, vocal channel, emotion, intensity, statement, repetition, actor.

The sound of a video (modality 01) is the same performance as the audio-only file (03).
"""

import re
from pathlib import PurePosixPath

from zoo.corpora.ravdess import EMOTIONS, INTENSITIES, SPEAKERS, SPEECH, STATEMENTS
from zoo.folds._names._named import Named

_NAME = re.compile(
    r"0[1-3]-(?P<performance>(?P<channel>0[12])-(?P<emotion>\d\d)-(?P<intensity>\d\d)-(?P<statement>\d\d)"
    r"-0[12]-(?P<actor>\d\d))"
)


def read(path: PurePosixPath) -> Named | None:
    """Both repetitions of a sentence, emotion and intensity are one take group; songs have groups of their own."""
    match = _NAME.fullmatch(path.stem)
    if match is None or match["actor"] not in SPEAKERS or match["statement"] not in STATEMENTS:
        return None
    if match["emotion"] not in EMOTIONS or match["intensity"] not in INTENSITIES:
        return None
    take = f"{match['actor']}-{match['statement']}-{match['emotion']}-{match['intensity']}"
    return Named(
        utterance_id=match.string,
        speaker_id=match["actor"],
        take_group=take if match["channel"] == SPEECH else f"song-{take}",
        text_id=STATEMENTS[match["statement"]],
        performance=match["performance"],
    )
