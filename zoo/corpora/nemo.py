"""nEMO: nine actors, ninety Polish sentences, six emotions.

The sentences were chosen to cover the sounds of Polish; each actor speaks most of them in every emotion.
"""

import csv
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from zoo.corpora.contract import (
    Corpus,
    ParsedName,
    Recognition,
    Speaker,
    Utterance,
    find_root,
    recognise_by_counts,
    rejection_reason,
    visible,
)
from zoo.errors import ZooError

SPEAKERS = {
    "EB0": Speaker("female", 27),
    "IC0": Speaker("female", 28),
    "KD0": Speaker("female", 28),
    "KS0": Speaker("male", 23),
    "MK0": Speaker("female", 23),
    "MP0": Speaker("male", 24),
    "SM0": Speaker("male", 24),
    "TP0": Speaker("male", 26),
    "WR0": Speaker("male", 23),
}
COUNTS = {"anger": 749, "fear": 736, "happiness": 749, "neutral": 809, "sadness": 769, "surprised": 669}
TITLE = "nEMO"
TABLE = "data.tsv"

_NAME = re.compile(r"(?P<speaker>[A-Z]{2}\d)_(?P<emotion>[a-z]+)_(?P<sentence>\d{1,2})")


def _audio(folder: Path) -> list[Path]:
    return visible((folder / "samples").glob("*.wav"))


def recognise(folder: Path) -> Recognition:
    """Recognise `samples/*.wav` with `data.tsv` beside it."""
    root = (
        find_root(folder, lambda below: (below / TABLE).is_file() and bool(_audio(below))) if folder.is_dir() else None
    )
    if root is None:
        return Recognition(
            None, rejection_reason(folder, f"nEMO, {TABLE} with samples/EB0_anger_1.wav and others beside it")
        )
    return recognise_by_counts(root, TITLE, COUNTS, (utterance.native_label for utterance in utterances(root)))


def utterances(folder: Path) -> Iterator[Utterance]:
    """What the names `SPEAKER_emotion_sentence.wav` state, checked against `data.tsv` (speakers padded with blanks).

    Raises ZooError for a name that does not follow nEMO's scheme, and for a file that the table lacks or contradicts.
    """
    table = _table(folder / TABLE)
    for path in _audio(folder):
        if (parsed := parse_name(PurePosixPath(path))) is None:
            raise ZooError(f"{path} is not a nEMO name", "names are like EB0_anger_1.wav; move other files away")
        emotion = path.stem.split("_")[1]
        if table.get(path.name) != (emotion, parsed.speaker_id):
            raise ZooError(f"{folder / TABLE} does not agree with the name of {path.name}", "download the corpus again")
        yield Utterance(
            utterance_id=path.stem,
            path=path.relative_to(folder).as_posix(),
            speaker_id=parsed.speaker_id,
            native_label=emotion,
            take_group=parsed.take_group,
            text_id=parsed.text_id,
        )


def parse_name(path: PurePosixPath) -> ParsedName | None:
    """Every sentence was spoken once in every emotion; each recording is its own take."""
    match = _NAME.fullmatch(path.stem)
    if match is None or match["speaker"] not in SPEAKERS or match["emotion"] not in COUNTS:
        return None
    return ParsedName(match.string, match["speaker"], match.string, match["sentence"], match["emotion"])


def _table(path: Path) -> dict[str, tuple[str, str]]:
    """File name -> emotion, speaker."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            return {row["file_id"]: (row["emotion"], row["speaker_id"].strip()) for row in rows}
    except (OSError, UnicodeDecodeError, KeyError, AttributeError) as error:
        raise ZooError(
            f"{path} is not a table of file_id, emotion and speaker_id", "download the corpus again"
        ) from error


CORPUS = Corpus(
    name="nemo",
    title=TITLE,
    citation="I. Christop: nEMO: Dataset of Emotional Speech in Polish. LREC-COLING 2024, arXiv 2404.06292.",
    licence="CC-BY-NC-SA-4.0",
    terms=(
        "No commercial use; adaptations under the same licence. Whether weights are an adaptation is open: treat "
        "weights trained on it as non-commercial and name the corpus."
    ),
    obtain="Free: git clone of amu-cai/nEMO on GitHub.",
    language="pl",
    sampling_rate_hz=24_000,
    speakers=SPEAKERS,
    native_labels=COUNTS,
    duration_range_s=(0.5, 10.0),  # wide: the range is not published; the mean is about 2.5 s
    hours=3.073,
    recognise=recognise,
    utterances=utterances,
    parse_name=parse_name,
    companions=(TABLE,),
    limits=(
        "Ninety sentences that all speakers share: under speaker-disjoint folds every test sentence is in training.",
        "It has no disgust.",
    ),
)
