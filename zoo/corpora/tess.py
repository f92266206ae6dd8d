"""TESS, the Toronto emotional speech set: two women, 200 words in "Say the word …", seven emotions."""

import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path, PurePosixPath

from zoo.corpora.contract import (
    Corpus,
    Defect,
    Download,
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

SPEAKERS = {"OAF": Speaker("female", 64), "YAF": Speaker("female", 26)}  # the older and the younger actress
EMOTIONS = ("angry", "disgust", "fear", "happy", "neutral", "ps", "sad")  # ps: pleasant surprise
COUNTS = dict.fromkeys(EMOTIONS, 400)
TITLE = "TESS"

_NAME = re.compile(r"(?P<speaker>[A-Z]{2,3})_(?P<word>[a-z]+)_(?P<emotion>[a-z]+)")
# Folders are called OAF_Fear, OAF_Pleasant_surprise, YAF_pleasant_surprised, …
_FOLDER = re.compile(r"(?P<speaker>oaf|yaf)_(?P<emotion>[a-z_ ]+)", re.IGNORECASE)
_SURPRISE = ("pleasant_surprise", "pleasant_surprised", "surprise", "surprised")
_MISNAMED = {"OA_bite_neutral": "OAF_bite_neutral"}  # as published


def _candidates(folder: Path) -> Iterator[Path]:
    """The recordings: in one folder per speaker and emotion as published, or all in one.

    The Kaggle archive contains a second copy of all folders in another folder, which is skipped.
    """
    inside = (path for path in folder.glob("*_*") if _FOLDER.fullmatch(path.name))
    return chain(folder.glob("*.wav"), *(path.glob("*.wav") for path in inside))


def _audio(folder: Path) -> list[Path]:
    return unique_by_name(_candidates(folder), _identity)


def _identity(path: Path) -> str:
    return _MISNAMED.get(path.stem, path.stem)


def _holds(folder: Path) -> bool:
    return any(_NAME.fullmatch(_identity(path)) for path in _candidates(folder))


def recognise(folder: Path) -> Recognition:
    """Recognise the 14 folders such as `OAF_angry`, in any case and in a subfolder, and all files in one folder."""
    root = find_root(folder, _holds) if folder.is_dir() else None
    if root is None:
        return Recognition(None, rejection_reason(folder, "TESS recordings, such as OAF_angry/OAF_back_angry.wav"))
    found = list(utterances(root))
    missing = sorted(set(SPEAKERS) - {utterance.speaker_id for utterance in found})
    if missing and not is_synthetic(root):
        return Recognition(None, f"{root} is only part of {TITLE}: no recordings of {missing[0]}")
    return recognise_by_counts(root, TITLE, COUNTS, (utterance.native_label for utterance in found))


def utterances(folder: Path) -> Iterator[Utterance]:
    """What the names `SPEAKER_word_emotion.wav` state; the folder's name must agree if it names speaker and emotion.

    `OA_bite_neutral.wav` is by OAF, and its id is OAF_bite_neutral.
    Raises ZooError for a name that does not follow TESS's scheme, or a file in the wrong folder.
    """
    for path in _audio(folder):
        match = _NAME.fullmatch(_identity(path))
        if match is None:
            raise ZooError(f"{path} is not a TESS name", "names are like OAF_back_angry.wav; move other files away")
        speaker, word, emotion = match["speaker"], match["word"], match["emotion"]
        if speaker not in SPEAKERS:
            raise ZooError(f"{path}: unknown speaker '{speaker}'", f"TESS has {' '.join(SPEAKERS)}")
        if emotion not in EMOTIONS:
            raise ZooError(f"{path}: unknown emotion '{emotion}'", f"TESS has {' '.join(EMOTIONS)}")
        if _folder_labels(path.parent) not in (None, (speaker, emotion)):
            raise ZooError(
                f"{path} is named for {speaker} and {emotion} but is in {path.parent.name}",
                "move it back to its folder",
            )
        yield Utterance(
            utterance_id=match.string,
            path=path.relative_to(folder).as_posix(),
            speaker_id=speaker,
            native_label=emotion,
            take_group=match.string,
            text_id=word,
        )


def _folder_labels(folder: Path) -> tuple[str, str] | None:
    """Speaker and emotion that a folder's name states; None for other names."""
    if (match := _FOLDER.fullmatch(folder.name)) is None:
        return None
    emotion = match["emotion"].lower().replace(" ", "_")
    return match["speaker"].upper(), "ps" if emotion in _SURPRISE else emotion


_HEADER = Defect("header", "an irregular header: scipy cannot open it, libsndfile (used here) can")


_PARSED_NAME = re.compile(rf"(?P<speaker>OA|YA)F?_(?P<word>[a-z]+)_(?P<emotion>{'|'.join(EMOTIONS)})")


def parse_name(path: PurePosixPath) -> ParsedName | None:
    """Every word was spoken once in every emotion; each recording is its own take."""
    if (match := _PARSED_NAME.fullmatch(path.stem)) is None:
        return None
    speaker, word = match["speaker"] + "F", match["word"]
    name = f"{speaker}_{word}_{match['emotion']}"
    return ParsedName(name, speaker, name, word, match["emotion"])


CORPUS = Corpus(
    name="tess",
    title=TITLE,
    citation=(
        "M. K. Pichora-Fuller, K. Dupuis: Toronto emotional speech set (TESS). Borealis, 2020, doi 10.5683/SP2/E8H2MF."
    ),
    licence="CC-BY-NC-ND-4.0",
    terms=(
        "No commercial use, no adaptations passed on. Whether weights are an adaptation is open: ask its authors "
        "before you share weights trained on it."
    ),
    obtain="Free download: Borealis, doi 10.5683/SP2/E8H2MF (or tspace.library.utoronto.ca/handle/1807/24487).",
    language="en-CA",
    sampling_rate_hz=24_414,
    speakers=SPEAKERS,
    native_labels=COUNTS,
    duration_range_s=(1.2, 3.0),
    hours=1.598,
    recognise=recognise,
    utterances=utterances,
    parse_name=parse_name,
    # the archive is created on demand, so no checksum is published
    downloads=(
        Download("https://borealisdata.ca/api/access/dataset/:persistentId/?persistentId=doi:10.5683/SP2/E8H2MF"),
    ),
    limits=(
        "Two speakers, so two folds: no interval over speakers can be given.",
        "One woman of 64 and one of 26: age and speaker are confounded, and results say nothing about men.",
        "Both say the same 200 words in the same phrase: every test word is in training.",
        "Random splits give scores near 100 % here, because the same speaker is then in training and test.",
        "Pleasant surprise is positive by design; surprise in other corpora may be either.",
    ),
    known_defects={
        "OAF_bite_neutral": Defect("name", "published as OA_bite_neutral.wav"),
        "OAF_food_fear": Defect("rate", "sampled at 96000 Hz instead of 24414 Hz"),
        "YAF_germ_angry": _HEADER,
        "YAF_neat_fear": _HEADER,
    },
)
