"""RAVDESS, the speech part: 24 actors, two English sentences, eight emotions, two intensities, two repetitions."""

import re
from collections.abc import Collection, Iterator
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

AUDIO_ONLY, SPEECH = "03", "01"
EMOTIONS = {
    "01": "neutral",
    "02": "calm",
    "03": "happy",
    "04": "sad",
    "05": "angry",
    "06": "fearful",
    "07": "disgust",
    "08": "surprised",
}
INTENSITIES = {"01": "normal", "02": "strong"}
STATEMENTS = {"01": "kids", "02": "dogs"}  # "Kids are talking by the door", "Dogs are sitting by the door"
# Ages are published as a range only (21 to 33 years).
SPEAKERS = {f"{actor:02d}": Speaker("male" if actor % 2 else "female") for actor in range(1, 25)}
COUNTS = {
    "neutral": 96,
    "calm": 192,
    "happy": 192,
    "sad": 192,
    "angry": 192,
    "fearful": 192,
    "disgust": 192,
    "surprised": 192,
}
TITLE = "RAVDESS (speech)"

_FIELDS = ("modality", "vocal channel", "emotion", "intensity", "statement", "repetition", "actor")
_KNOWN: tuple[Collection[str], ...] = (
    ("01", "02", "03"),
    ("01", "02"),
    EMOTIONS,
    INTENSITIES,
    STATEMENTS,
    ("01", "02"),
    SPEAKERS,
)
_NAME = re.compile(r"\d\d(-\d\d){6}")


def _holds(folder: Path) -> bool:
    return any(folder.glob(f"Actor_[0-9][0-9]/{AUDIO_ONLY}-{SPEECH}-*.wav"))


def recognise(folder: Path) -> Recognition:
    """Recognise `Actor_01` … `Actor_24`, in the folder itself or a subfolder such as `Audio_Speech_Actors_01-24`.

    A second copy in a subfolder (the Kaggle archive has one) is ignored.
    """
    root = find_root(folder, _holds) if folder.is_dir() else None
    if root is None:
        if folder.is_dir() and any(folder.glob("03-0?-*.wav")):
            return Recognition(
                None, f"{folder} holds one actor's recordings: give the folder that holds Actor_01 to 24"
            )
        if folder.is_dir() and find_root(folder, lambda below: any(below.glob("Actor_*/03-02-*.wav"))):
            return Recognition(
                None, f"{folder} holds the songs of RAVDESS: the speech is in Audio_Speech_Actors_01-24.zip"
            )
        if folder.is_dir() and find_root(folder, lambda below: any(below.glob("Actor_*/01-01-*.wav"))):
            return Recognition(
                None,
                f"{folder} holds the sound of RAVDESS's video clips, the same takes as the audio-only files: "
                "use those, from Audio_Speech_Actors_01-24.zip",
            )
        return Recognition(None, rejection_reason(folder, "RAVDESS speech, such as Actor_01/03-01-01-01-01-01-01.wav"))
    found = list(utterances(root))
    missing = sorted(set(SPEAKERS) - {utterance.speaker_id for utterance in found})
    if missing and not is_synthetic(root):
        which = ", ".join(f"Actor_{actor}" for actor in missing[:5]) + (", …" if len(missing) > 5 else "")
        return Recognition(
            None, f"{root} is only part of {TITLE}: {len(missing)} of {len(SPEAKERS)} actors are missing ({which})"
        )
    return recognise_by_counts(root, TITLE, COUNTS, (utterance.native_label for utterance in found))


def utterances(folder: Path) -> Iterator[Utterance]:
    """What the names `MM-VV-EE-II-SS-RR-AA.wav` state about the audio-only speech; songs and video sound are skipped.

    Both repetitions of a sentence, emotion and intensity are one take group; one pair of them is identical.
    Raises ZooError for a name that does not follow RAVDESS's scheme, a file in another actor's folder, or files of one
    name with different content.
    """
    # the Kaggle archive contains a second copy in a subfolder
    for path in unique_by_name(folder.rglob("*.wav")):
        if _fields(path)[:2] != [AUDIO_ONLY, SPEECH]:
            continue
        _, _, emotion, intensity, statement, _, actor = _fields(path)
        if path.parent.name != f"Actor_{actor}":
            raise ZooError(
                f"{path} is named for actor {actor} but is in {path.parent.name}", "move it back to its folder"
            )
        yield Utterance(
            utterance_id=path.stem,
            path=path.relative_to(folder).as_posix(),
            speaker_id=actor,
            native_label=EMOTIONS[emotion],
            take_group=f"{actor}-{statement}-{emotion}-{intensity}",
            text_id=STATEMENTS[statement],
            intensity=INTENSITIES[intensity],
        )


def _fields(path: Path) -> list[str]:
    if not _NAME.fullmatch(path.stem):
        raise ZooError(
            f"{path} is not a RAVDESS name", "names are like 03-01-05-02-01-01-12.wav; move other files away"
        )
    parts = path.stem.split("-")
    for kind, code, known in zip(_FIELDS, parts, _KNOWN, strict=True):
        if code not in known:
            raise ZooError(f"{path}: unknown {kind} code '{code}'", f"RAVDESS has {' '.join(known)}")
    return parts


_STEREO = Defect("stereo", "stereo with identical channels")
_TWINS = ("03-01-03-01-02-01-07", "03-01-03-01-02-02-07")
_TWIN = Defect("twin", f"{' and '.join(_TWINS)} are the same bytes", _TWINS)


_PARSED_NAME = re.compile(
    r"0[1-3]-(?P<performance>(?P<channel>0[12])-(?P<emotion>\d\d)-(?P<intensity>\d\d)-(?P<statement>\d\d)"
    r"-0[12]-(?P<actor>\d\d))"
)


def parse_name(path: PurePosixPath) -> ParsedName | None:
    """Both repetitions of a sentence, emotion and intensity are one take group; songs have groups of their own."""
    match = _PARSED_NAME.fullmatch(path.stem)
    if match is None or match["actor"] not in SPEAKERS or match["statement"] not in STATEMENTS:
        return None
    if match["emotion"] not in EMOTIONS or match["intensity"] not in INTENSITIES:
        return None
    take = f"{match['actor']}-{match['statement']}-{match['emotion']}-{match['intensity']}"
    return ParsedName(
        utterance_id=match.string,
        speaker_id=match["actor"],
        take_group=take if match["channel"] == SPEECH else f"song-{take}",
        text_id=STATEMENTS[match["statement"]],
        native_label=EMOTIONS[match["emotion"]],
        performance=match["performance"],
    )


CORPUS = Corpus(
    name="ravdess",
    title=TITLE,
    citation=(
        "S. R. Livingstone, F. A. Russo: The Ryerson Audio-Visual Database of Emotional Speech and Song (RAVDESS). "
        "PLoS ONE 13(5), 2018, doi 10.1371/journal.pone.0196391."
    ),
    licence="CC-BY-NC-SA-4.0",
    terms=(
        "No commercial use; adaptations under the same licence. Whether weights are an adaptation is open: treat "
        "weights trained on it as non-commercial and name the corpus. A commercial licence is sold by its authors."
    ),
    obtain="Free download: Audio_Speech_Actors_01-24.zip of Zenodo record 1188976 (doi 10.5281/zenodo.1188976).",
    language="en",
    sampling_rate_hz=48_000,
    speakers=SPEAKERS,
    native_labels=COUNTS,
    duration_range_s=(2.9, 5.3),
    hours=1.48,
    recognise=recognise,
    utterances=utterances,
    parse_name=parse_name,
    downloads=(
        Download(
            "https://zenodo.org/records/1188976/files/Audio_Speech_Actors_01-24.zip",
            "md5:bc696df654c87fed845eb13823edef8a",
            208_468_073,
        ),
    ),
    limits=(
        "Two sentences, both spoken by every actor: every test sentence is in training, so no result shows how a "
        "model performs on other words.",
        "Professional actors in a studio, who were asked for an emotion: results say little about spontaneous speech.",
        "There are half as many neutral utterances as of any other emotion, and none of them is strong.",
        "The silences before and after speech are long: about two thirds of a file are quiet.",
    ),
    known_defects={
        "03-01-02-01-01-02-01": _STEREO,
        "03-01-08-01-02-02-01": _STEREO,
        "03-01-02-01-02-02-05": _STEREO,
        "03-01-03-01-02-01-20": _STEREO,
        "03-01-06-01-01-02-20": _STEREO,
        **dict.fromkeys(_TWINS, _TWIN),
    },
)
