"""SAVEE, the Surrey audio-visual expressed emotion database: four men, 15 sentences in each emotion, 30 neutral.

Each emotion has three sentences shared by all emotions, two emotion-specific ones and ten from TIMIT of its own.
"""

import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path, PurePosixPath

from zoo.corpora.contract import (
    Corpus,
    ParsedName,
    Recognition,
    Speaker,
    Utterance,
    find_root,
    is_synthetic,
    recognise_by_counts,
    rejection_reason,
    unique_by_name,
)
from zoo.errors import ZooError

EMOTIONS = {
    "a": "anger",
    "d": "disgust",
    "f": "fear",
    "h": "happiness",
    "n": "neutral",
    "sa": "sadness",
    "su": "surprise",
}
# Ages are published as a range only (27 to 31 years).
SPEAKERS = {name: Speaker("male") for name in ("DC", "JE", "JK", "KL")}
COUNTS = {"anger": 60, "disgust": 60, "fear": 60, "happiness": 60, "neutral": 120, "sadness": 60, "surprise": 60}
TITLE = "SAVEE"

_COMMON = 3  # sentences shared by all emotions, numbered 01 to 03
_CODE = r"(?P<emotion>sa|su|[adfhn])(?P<number>[0-3]\d)"
_FLAT_NAME = re.compile(rf"(?P<speaker>[A-Z]{{2}})_{_CODE}")
# as browsers and file managers rename the second of two equal names: a01 (2), a01(1), a01_2, a01 - Copy
_WITHOUT_SPEAKER = re.compile(rf"{_CODE}( ?\(\d+\)|_\d| - .*)?")


def _candidates(folder: Path) -> Iterator[Path]:
    """The recordings: in one folder per speaker as published, or in a single folder with the speaker in the name."""
    return chain(folder.glob("*.wav"), *((folder / speaker).glob("*.wav") for speaker in SPEAKERS))


def _audio(folder: Path) -> list[Path]:
    return unique_by_name(_candidates(folder), _identity)


def _identity(path: Path) -> str:
    """SPEAKER_CODE, whether the folder or the name gives the speaker."""
    return f"{path.parent.name}_{path.stem}" if path.parent.name in SPEAKERS else path.stem


def _holds(folder: Path) -> bool:
    return any(_FLAT_NAME.fullmatch(_identity(path)) for path in _candidates(folder))


def _merged(folder: Path) -> bool:
    return any(
        _WITHOUT_SPEAKER.fullmatch(path.stem) and path.parent.name not in SPEAKERS for path in folder.glob("*.wav")
    )


def recognise(folder: Path) -> Recognition:
    """Recognise `DC`, `JE`, `JK`, `KL` with `a01.wav`, in `AudioData` or another subfolder, and a flat `DC_a01.wav`."""
    root = find_root(folder, _holds) if folder.is_dir() else None
    if root is None:
        if folder.is_dir() and (merged := find_root(folder, _merged)):
            return Recognition(None, _speakerless(merged))
        return Recognition(None, rejection_reason(folder, "SAVEE recordings, such as DC/a01.wav or DC_a01.wav"))
    found = list(utterances(root))
    missing = sorted(set(SPEAKERS) - {utterance.speaker_id for utterance in found})
    if missing and not is_synthetic(root):
        return Recognition(None, f"{root} is only part of {TITLE}: no recordings of {', '.join(missing)}")
    return recognise_by_counts(root, TITLE, COUNTS, (utterance.native_label for utterance in found))


def _speakerless(folder: Path) -> str:
    """Why a folder with names such as a01.wav is rejected if it is not named after a speaker."""
    if (speaker := folder.name.upper()) in SPEAKERS:
        return f"{folder} is called {speaker} in {TITLE}: rename it and the other speakers' folders to capital letters"
    return (
        f"{folder} holds names such as a01.wav and is not a speaker's folder: if it contains all speakers, their "
        "identity is lost. Use a copy with the folders DC, JE, JK and KL, or with names such as DC_a01.wav"
    )


def utterances(folder: Path) -> Iterator[Utterance]:
    """What the names `<emotion><number>.wav` and the speaker's folder, or `SPEAKER_<emotion><number>.wav`, state.

    An emotion and number are the same sentence for all speakers; 01 to 03 are the sentences shared by all emotions (as
    far as is known). Raises ZooError for a name that does not follow SAVEE's scheme or lacks the speaker.
    """
    for path in _audio(folder):
        match = _FLAT_NAME.fullmatch(_identity(path))
        if match is None:
            if path.parent.name not in SPEAKERS and _WITHOUT_SPEAKER.fullmatch(path.stem):
                raise ZooError(
                    f"{path} does not name its speaker",
                    "several folders were merged into one; use a copy with the folders DC, JE, JK and KL",
                )
            raise ZooError(f"{path} is not a SAVEE name", "names are like DC/a01.wav or DC_a01.wav; move others away")
        speaker, code = match["speaker"], match["emotion"] + match["number"]
        if speaker not in SPEAKERS:
            raise ZooError(f"{path}: unknown speaker '{speaker}'", f"SAVEE has {' '.join(SPEAKERS)}")
        number, last = int(match["number"]), 30 if match["emotion"] == "n" else 15
        if not 1 <= number <= last:
            raise ZooError(f"{path}: there is no sentence {code}", f"{EMOTIONS[match['emotion']]} has 01 to {last}")
        yield Utterance(
            utterance_id=f"{speaker}_{code}",
            path=path.relative_to(folder).as_posix(),
            speaker_id=speaker,
            native_label=EMOTIONS[match["emotion"]],
            take_group=f"{speaker}_{code}",
            text_id=f"common{match['number']}" if number <= _COMMON else code,
        )


_PARSED_NAME = re.compile(rf"(?P<speaker>{'|'.join(SPEAKERS)})[_/](?P<code>(?:sa|su|[adfhn])(?P<number>[0-3]\d))")


def parse_name(path: PurePosixPath) -> ParsedName | None:
    """An emotion and number are the same sentence for all speakers."""
    match = _PARSED_NAME.fullmatch(path.stem) or _PARSED_NAME.fullmatch(f"{path.parent.name}/{path.stem}")
    if match is None:
        return None
    name = f"{match['speaker']}_{match['code']}"
    text = f"common{match['number']}" if int(match["number"]) <= 3 else match["code"]
    return ParsedName(name, match["speaker"], name, text, EMOTIONS[match["code"].rstrip("0123456789")])


CORPUS = Corpus(
    name="savee",
    title=TITLE,
    citation=(
        "S. Haq, P. J. B. Jackson: Multimodal emotion recognition. In W. Wang (ed.), Machine Audition: Principles, "
        "Algorithms and Systems. IGI Global, 2010."
    ),
    licence="LicenseRef-SAVEE",
    terms=(
        "Research only, after registration; the data must not be passed on. Ask its owners before you share weights "
        "trained on it."
    ),
    obtain=(
        "On request: register at personal.ee.surrey.ac.uk/Personal/P.Jackson/SAVEE/Register.html, then download "
        "AudioData.zip."
    ),
    language="en-GB",
    sampling_rate_hz=44_100,
    speakers=SPEAKERS,
    native_labels=COUNTS,
    duration_range_s=(1.6, 7.2),
    hours=0.512,
    recognise=recognise,
    utterances=utterances,
    parse_name=parse_name,
    access="on request",
    limits=(
        "Four speakers, all men of 27 to 31 years: results say nothing about women or other ages, and an interval "
        "over four speakers is very wide.",
        "Every speaker says the same sentences in the same emotion: all 120 test sentences are in training, so a model "
        "can learn sentences instead of voices.",
        "Most sentences belong to one emotion only, and neutral repeats those of the others under different numbers, "
        "so no split can keep both speakers and sentences apart.",
        "Staff and students of a university, not actors.",
    ),
    companions=("Info.txt",),
)
