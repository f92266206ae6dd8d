"""CREMA-D, crowd-sourced emotional multimodal actors dataset: 91 actors, 12 sentences, six emotions, votes of a crowd.

The label is the emotion that the actor was asked for. A crowd heard each clip, saw it, or both: by voice alone, the
intended emotion got most votes in only 3,099 of the 7,442 clips, and neutral in most others.
"""

import csv
import gzip
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path, PurePosixPath

from zoo.corpora.companions import lacking_note
from zoo.corpora.contract import (
    Corpus,
    Defect,
    Download,
    ParsedName,
    Recognition,
    Speaker,
    Utterance,
    Vote,
    find_root,
    is_synthetic,
    recognise_by_counts,
    rejection_reason,
    unique_by_name,
)
from zoo.errors import ZooError

EMOTIONS = ("ANG", "DIS", "FEA", "HAP", "NEU", "SAD")
LEVELS = {"LO": "low", "MD": "medium", "HI": "high", "XX": "unspecified"}
SENTENCES = ("DFA", "IEO", "IOM", "ITH", "ITS", "IWL", "IWW", "MTI", "TAI", "TIE", "TSI", "WSI")
# Age and sex of the actors 1001 to 1091 (VideoDemographics.csv)
_ACTORS = """
51m 21f 21f 42f 29m 58f 38f 46f 24f 27f 32m 23f 22f 24m 32m 61m 42m 25f 29m 61f 30f 22m 22m
59f 48f 33m 44m 57f 33f 42f 31m 30m 31m 74m 48m 49m 45f 21m 51m 42m 42m 37m 25f 40m 22m 22f
22f 38m 25f 62m 56m 33f 35f 36f 57f 52f 25m 36f 21m 28f 51f 56m 33f 53m 38m 25m 66m 34m 27m
25m 41m 33f 24f 31f 40f 25f 20m 21f 21f 21m 30m 20f 45m 46f 34m 33m 62m 23m 24f 50m 29f
"""
SPEAKERS = {
    str(number): Speaker({"f": "female", "m": "male"}[who[-1]], int(who[:-1]))
    for number, who in enumerate(_ACTORS.split(), start=1001)
}
SILENT = "1076_MTI_SAD_XX"  # 2.57 s of silence, so it is left out; 1,271 sad clips were published
COUNTS = {"ANG": 1271, "DIS": 1271, "FEA": 1271, "HAP": 1271, "NEU": 1087, "SAD": 1270}
# the same bytes under two labels: one take group
TWINS = {
    "1006_TIE_NEU_XX": "1006_TIE_HAP_XX",
    "1013_WSI_SAD_XX": "1013_WSI_DIS_XX",
    "1017_IWW_FEA_XX": "1017_IWW_ANG_XX",
}
TITLE = "CREMA-D"
VOTES = "processedResults/tabulatedVotes.csv"
SOURCES = {"1": "voice", "2": "face", "3": "both"}  # first digit of the first column: what the crowd was given
WORDS = {"A": "ANG", "D": "DIS", "F": "FEA", "H": "HAP", "N": "NEU", "S": "SAD"}

_NAME = re.compile(r"(?P<actor>\d{4})_(?P<sentence>[A-Z]{3})_(?P<emotion>[A-Z]{3})_(?P<level>[A-Z]{2})")
_RENAMED = {"1040_ITH_SAD_X": "1040_ITH_SAD_XX"}  # its name until October 2022, and in older copies
_POINTER, _POINTER_BYTES = b"version https://git-lfs", 1024
_AGAIN = "copy it again from the corpus"


def _candidates(folder: Path) -> Iterator[Path]:
    """The recordings: in `AudioWAV/` as published or in the folder itself, directly or in one folder per actor."""
    wav = folder / "AudioWAV"
    inside = wav if wav.is_dir() else folder
    return chain(inside.glob("*.wav"), inside.glob("1[0-9][0-9][0-9]/*.wav"))


def _audio(folder: Path) -> list[Path]:
    return unique_by_name(_candidates(folder), _identity)


def _identity(path: Path) -> str:
    return _RENAMED.get(path.stem, path.stem)


def _holds(folder: Path) -> bool:
    return any(_NAME.fullmatch(_identity(path)) for path in _candidates(folder))


def _is_pointer(path: Path) -> bool:
    if path.stat().st_size > _POINTER_BYTES:
        return False
    with path.open("rb") as file:
        return file.read(len(_POINTER)) == _POINTER


def recognise(folder: Path) -> Recognition:
    """Recognise `AudioWAV/*.wav`, a flat folder of the same names, and one folder per actor such as `1076/`."""
    root = find_root(folder, _holds) if folder.is_dir() else None
    if root is None:
        if folder.is_dir() and find_root(folder, lambda below: any(below.glob("1[0-9][0-9][0-9]_*_*_*.mp3"))):
            return Recognition(
                None, f"{folder} holds CREMA-D as MP3, in which several clips are silent or identical: use AudioWAV"
            )
        return Recognition(None, rejection_reason(folder, "CREMA-D recordings, such as AudioWAV/1001_DFA_ANG_XX.wav"))
    if pointers := [path for path in _audio(root) if _is_pointer(path)]:
        return Recognition(
            None,
            f"{root} holds {len(pointers)} Git LFS pointers instead of audio, first {pointers[0].name}: "
            "run `git lfs pull` in a clone of the repository (its zip download has pointers only)",
        )
    found = list(utterances(root))
    missing = sorted(set(SPEAKERS) - {utterance.speaker_id for utterance in found})
    if missing and not is_synthetic(root):
        which = ", ".join(missing[:5]) + (", …" if len(missing) > 5 else "")
        return Recognition(
            None, f"{root} is only part of {TITLE}: {len(missing)} of {len(SPEAKERS)} actors are missing ({which})"
        )
    recognition = recognise_by_counts(root, TITLE, COUNTS, (utterance.native_label for utterance in found))
    if recognition.root is None:
        return recognition
    num_lacking = sum(not utterance.votes for utterance in found)
    return Recognition(root, recognition.reason + lacking_note(root, VOTES, "the crowd's votes", num_lacking))


def utterances(folder: Path) -> Iterator[Utterance]:
    """What the names `ACTOR_SENTENCE_EMOTION_LEVEL.wav` state, and the crowd's votes where their table is present.

    The silent 1076_MTI_SAD_XX is left out. Twins with different labels are one take group, as are the levels of one
    sentence and emotion. agreement: share of the listeners (voice only) that chose the clip's label.
    Raises ZooError for a name that does not follow CREMA-D's scheme, a file in another actor's folder, or a broken
    table of votes.
    """
    votes = read_votes(folder / VOTES) if (folder / VOTES).is_file() else {}
    for path in _audio(folder):
        name = _identity(path)
        if name == SILENT:
            continue
        actor, sentence, emotion, level = _fields(path, name)
        if path.parent.name in SPEAKERS and path.parent.name != actor:
            raise ZooError(
                f"{path} is named for actor {actor} but is in {path.parent.name}", "move it back to its folder"
            )
        ballots = votes.get(name, ())
        yield Utterance(
            utterance_id=name,
            path=path.relative_to(folder).as_posix(),
            speaker_id=actor,
            native_label=emotion,
            take_group=TWINS.get(name, name).rpartition("_")[0],
            text_id=sentence,
            intensity=LEVELS[level],
            votes=ballots,
            agreement=_agreement(ballots, emotion),
        )


def _fields(path: Path, name: str) -> tuple[str, str, str, str]:
    """Actor, sentence, emotion and level."""
    if (match := _NAME.fullmatch(name)) is None:
        raise ZooError(f"{path} is not a CREMA-D name", "names are like 1001_DFA_ANG_XX.wav; move other files away")
    for kind, known in (("actor", SPEAKERS), ("sentence", SENTENCES), ("emotion", EMOTIONS), ("level", LEVELS)):
        if match[kind] not in known:
            codes = "1001 to 1091" if kind == "actor" else " ".join(known)
            raise ZooError(f"{path}: unknown {kind} code '{match[kind]}'", f"CREMA-D has {codes}")
    return match["actor"], match["sentence"], match["emotion"], match["level"]


def read_votes(path: Path) -> dict[str, tuple[Vote, ...]]:
    """Utterance id -> its votes, from `tabulatedVotes.csv` (a row per clip and modality).

    Raises ZooError naming file and line of what cannot be parsed.
    """
    found: dict[str, dict[tuple[str, str], int]] = {}
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        rows = csv.reader(file)
        head = next(rows, [])
        if missing := [name for name in (*WORDS, "fileName") if name not in head]:
            raise ZooError(f"{path} has no column '{missing[0]}'", _AGAIN)
        columns, name_column = {letter: head.index(letter) for letter in WORDS}, head.index("fileName")
        try:
            for row in rows:
                where = f"{path}, line {rows.line_num}"
                if len(row) != len(head) or not _NAME.fullmatch(
                    name := _RENAMED.get(row[name_column], row[name_column])
                ):
                    raise ZooError(f"{where}: no votes on a clip in '{','.join(row)[:60]}'", _AGAIN)
                if (source := SOURCES.get(row[0][:1])) is None:
                    raise ZooError(f"{where}: unknown modality in '{row[0]}'", f"it starts with {', '.join(SOURCES)}")
                counts = found.setdefault(name, {})
                for letter, column in columns.items():
                    if not (row[column].isascii() and row[column].isdigit()):
                        raise ZooError(f"{where}: '{row[column]}' is not a number of votes", _AGAIN)
                    if (source, WORDS[letter]) in counts:
                        raise ZooError(f"{where}: {name} has its votes by {source} twice", _AGAIN)
                    counts[source, WORDS[letter]] = int(row[column])
        except csv.Error as error:
            raise ZooError(f"{path}, line {rows.line_num}: {error}", _AGAIN) from error
    return {
        name: tuple(Vote(source, label, float(count)) for (source, label), count in sorted(counts.items()) if count)
        for name, counts in found.items()
    }


def _agreement(votes: tuple[Vote, ...], label: str) -> float | None:
    heard = {vote.label: vote.count for vote in votes if vote.source == "voice"}
    return round(heard.get(label, 0.0) / sum(heard.values()), 6) if heard else None


def published_sha256() -> dict[str, str]:
    """Utterance id -> sha256 of its WAV, from the LFS pointers of the repository (commit 1658cd3)."""
    stored = (Path(__file__).parent / "crema_d.sha256.csv.gz").read_bytes()
    rows = csv.DictReader(gzip.decompress(stored).decode().splitlines())
    return {row["utterance_id"]: row["sha256"] for row in rows if row["utterance_id"] != SILENT}


_BROKEN_STIMULUS = Defect(
    "votes", "its MP3 and video are broken: the crowd's votes on it are unreliable, the WAV is intact"
)

_TABLES = (VOTES, "processedResults/summaryTable.csv", "VideoDemographics.csv", "SentenceFilenames.csv")


_PARSED_NAME = re.compile(
    rf"(?P<actor>\d{{4}})_(?P<sentence>{'|'.join(SENTENCES)})_(?P<emotion>{'|'.join(EMOTIONS)})_(?P<level>{'|'.join(LEVELS)}|X)"
)


def parse_name(path: PurePosixPath) -> ParsedName | None:
    """The levels of one sentence and emotion are one take group, as are clips with the same bytes."""
    match = _PARSED_NAME.fullmatch(path.stem)
    if match is None or match["actor"] not in SPEAKERS:
        return None
    name = match.string + "X" if match["level"] == "X" else match.string
    take = TWINS.get(name, name).rpartition("_")[0]
    return ParsedName(name, match["actor"], take, match["sentence"], match["emotion"])


CORPUS = Corpus(
    name="crema_d",
    title=TITLE,
    citation=(
        "H. Cao, D. G. Cooper, M. K. Keutmann, R. C. Gur, A. Nenkova, R. Verma: CREMA-D: Crowd-sourced emotional "
        "multimodal actors dataset. IEEE Transactions on Affective Computing 5(4), 2014."
    ),
    licence="ODbL-1.0",
    terms=(
        "Free to use with attribution, commercially too; a database made from it stays under the same licence (its "
        "contents are under DbCL 1.0). Weights trained on it may be shared; name the corpus."
    ),
    obtain=(
        "Free download: github.com/CheyneyComputerScience/CREMA-D with Git LFS (the zip has pointers only). Its "
        "authors ask you to fill in a form."
    ),
    language="en-US",
    sampling_rate_hz=16_000,
    speakers=SPEAKERS,
    votes=tuple(SOURCES.values()),
    native_labels=COUNTS,
    duration_range_s=(1.26, 5.01),
    hours=5.257,
    recognise=recognise,
    utterances=utterances,
    parse_name=parse_name,
    commercial_use=True,
    downloads=(
        Download(
            # not raw.githubusercontent.com, which has the LFS pointers
            "https://media.githubusercontent.com/media/CheyneyComputerScience/CREMA-D/master/AudioWAV/{utterance_id}.wav",
            num_bytes=605_817_676,
            path="AudioWAV/{utterance_id}.wav",
        ),
        *(
            Download(f"https://raw.githubusercontent.com/CheyneyComputerScience/CREMA-D/master/{path}", path=path)
            for path in _TABLES
        ),
    ),
    limits=(
        "Of 7,442 published clips 7,441 are used: 1076_MTI_SAD_XX is silent.",
        "The label is what the actor was asked for. By voice alone it got most votes of the crowd in 42 % of the clips "
        "(neutral 96 %, sadness 16 %): always state which label a result is on.",
        "Twelve sentences, all spoken by every actor: a test of new speakers is not a test of new sentences.",
        "Only one sentence (IEO) was spoken at three intensities.",
        "Clips were cut at video frames, and sad and disgusted ones are longer: length alone is a cue.",
    ),
    sha256=published_sha256,
    known_defects={
        SILENT: Defect("silent", "silent, and left out by the reader"),
        **{
            name: Defect("twin", f"{first} and {second} are the same bytes with different labels", (other,))
            for second, first in TWINS.items()
            for name, other in ((first, second), (second, first))
        },
        **dict.fromkeys(("1076_MTI_NEU_XX", "1064_TIE_SAD_XX", "1064_IEO_DIS_MD"), _BROKEN_STIMULUS),
        "1040_ITH_SAD_XX": Defect("name", "called 1040_ITH_SAD_X.wav until October 2022 and in older copies"),
    },
    companions=_TABLES,
)
