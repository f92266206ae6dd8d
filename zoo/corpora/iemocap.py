"""IEMOCAP: ten actors in five dyadic sessions, improvised and scripted; labels by the majority of outside raters.

Elicitation: in scripted dialogues lines and emotions are given; in improvised ones the actors spoke freely in
situations chosen to elicit the emotion.
"""

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from zoo.corpora.contract import (
    Corpus,
    ParsedName,
    Recognition,
    Speaker,
    Utterance,
    Vote,
    find_root,
    is_synthetic,
    recognise_by_counts,
    rejection_reason,
    visible,
)
from zoo.errors import ZooError

SESSIONS = ("Session1", "Session2", "Session3", "Session4", "Session5")
SPEAKERS = {
    f"Ses0{session}{letter}": Speaker({"F": "female", "M": "male"}[letter], session=f"Ses0{session}")
    for session in range(1, 6)
    for letter in "FM"
}
COUNTS = {
    "ang": 1103,
    "dis": 2,
    "exc": 1041,
    "fea": 40,
    "fru": 1849,
    "hap": 595,
    "neu": 1708,
    "oth": 3,
    "sad": 1084,
    "sur": 107,
    "xxx": 2507,
}
NO_MAJORITY = "xxx"
# Raters' words -> labels in the label files.
WORDS = {
    "anger": "ang",
    "disgust": "dis",
    "excited": "exc",
    "fear": "fea",
    "frustration": "fru",
    "happiness": "hap",
    "neutral": "neu",
    "neutral state": "neu",
    "other": "oth",
    "sadness": "sad",
    "surprise": "sur",
}
TITLE = "IEMOCAP"

_EVALUATIONS = "dialog/EmoEvaluation"
_DIALOGUE = re.compile(r"(?P<session>Ses0[1-5])[FM]_(?P<kind>impro|script)(?P<number>\d\d(_\d)?)[a-z]?")
# [START - END]<tab>TURN<tab>label<tab>[valence, activation, dominance]
_TURN = re.compile(
    r"\[[\d.]+ - [\d.]+\]\s+(?P<turn>\S+)\s+(?P<label>\S+)\s+\[(?P<v>[^,]+),(?P<a>[^,]+),(?P<d>[^\]]+)\]"
)
# C-E are outside raters; C-F and C-M are the actors' own judgements
_RATER = re.compile(r"C-(?P<who>[EFM])\d+:(?P<words>[^(]*)")
Ballot = tuple[str, set[str]]  # raters or self, and the labels that one rater gave


def _holds(folder: Path) -> bool:
    return any((folder / session / _EVALUATIONS).is_dir() for session in SESSIONS)


def recognise(folder: Path) -> Recognition:
    """Recognise `Session1` … `Session5`, in the folder itself or a subfolder such as `IEMOCAP_full_release`."""
    root = find_root(folder, _holds) if folder.is_dir() else None
    if root is None:
        if folder.is_dir() and any((folder / part).is_dir() for part in ("EmoEvaluation", _EVALUATIONS)):
            return Recognition(None, f"{folder} is one session: give the folder that holds Session1 to Session5")
        return Recognition(None, rejection_reason(folder, f"IEMOCAP release, such as Session1/{_EVALUATIONS}/*.txt"))
    found = list(utterances(root))
    if not is_synthetic(root):
        if missing := [session for session in SESSIONS if not _dialogues(root, session)]:
            return Recognition(None, f"{root} is only part of {TITLE}: {', '.join(missing)} absent or without labels")
        if silent := [utterance.path for utterance in found if not (root / utterance.path).is_file()]:
            return Recognition(
                None, f"{root} is only part of {TITLE}: {len(silent)} labelled turns have no audio, first {silent[0]}"
            )
    return recognise_by_counts(root, TITLE, COUNTS, (utterance.native_label for utterance in found))


def utterances(folder: Path) -> Iterator[Utterance]:
    """The labelled turns of `SessionN/dialog/EmoEvaluation/*.txt` (its subfolders hold the single raters' sheets).

    The speaker is given by the letter in the turn's last field, not in the dialogue's name, which states who wore the
    markers. A take group is a speaker's part in a script or scene: scripts were played twice per session.
    agreement: share of the outside raters whose labels include it; None where there is no majority.
    Raises ZooError naming file and line of what cannot be parsed.
    """
    for session in SESSIONS:
        for path in _dialogues(folder, session):
            if not (match := _DIALOGUE.fullmatch(path.stem)) or match["session"][-1] != session[-1]:
                raise ZooError(
                    f"{path} is not a dialogue of {session}",
                    f"names are like Ses0{session[-1]}F_impro01.txt; move other files away",
                )
            yield from _turns(path, session, match)


def _dialogues(folder: Path, session: str) -> list[Path]:
    return visible(path for path in (folder / session / _EVALUATIONS).glob("*.txt") if path.is_file())


def _turns(path: Path, session: str, dialogue: re.Match[str]) -> Iterator[Utterance]:
    scene = dialogue["kind"] + dialogue["number"]
    scripted = dialogue["kind"] == "script"
    for number, match, ballots in _blocks(path):
        where = f"{path}, line {number}"
        turn, label = match["turn"], match["label"]
        speaker = dialogue["session"] + turn.rpartition("_")[2][:1]
        if not turn.startswith(path.stem + "_") or speaker not in SPEAKERS:
            raise ZooError(f"{where}: '{turn}' is not a turn of {path.stem}", f"turns are like {path.stem}_F000")
        if label not in COUNTS:
            raise ZooError(f"{where}: unknown label '{label}' of {turn}", f"IEMOCAP has {' '.join(COUNTS)}")
        valence, arousal, dominance = (_rating(match[name], where) for name in "vad")
        heard = [label in labels for who, labels in ballots if who == "raters"]
        yield Utterance(
            utterance_id=turn,
            path=f"{session}/sentences/wav/{path.stem}/{turn}.wav",
            speaker_id=speaker,
            native_label=label,
            take_group=f"{speaker}-{scene}",
            text_id=scene if scripted else None,
            elicitation="scripted" if scripted else "improvised",
            label_source="raters",
            valence=valence,
            arousal=arousal,
            dominance=dominance,
            votes=_votes(ballots),
            agreement=round(sum(heard) / len(heard), 6) if heard and label != NO_MAJORITY else None,
        )


def _blocks(path: Path) -> Iterator[tuple[int, re.Match[str], list[Ballot]]]:
    """Line number and match of each turn, with the labels of each of its raters."""
    turn: tuple[int, re.Match[str], list[Ballot]] | None = None
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
        if line.startswith("["):
            if turn is not None:
                yield turn
            if (match := _TURN.fullmatch(line.strip())) is None:
                raise ZooError(f"{path}, line {number}: no turn in '{line.strip()}'", "copy the release again")
            turn = number, match, []
        elif turn is not None and (rater := _RATER.match(line)):
            words = {word.strip().lower() for word in rater["words"].split(";")} - {""}
            # a rater's free-text label counts as a vote for other
            labels = {WORDS.get(word, "oth") for word in words}
            turn[2].append(("raters" if rater["who"] == "E" else "self", labels))
    if turn is not None:
        yield turn


def _votes(ballots: list[Ballot]) -> tuple[Vote, ...]:
    """The counted ballots; a rater who gave several labels splits one vote equally among them."""
    counts: dict[tuple[str, str], float] = {}
    for who, labels in ballots:
        for label in labels:
            counts[who, label] = counts.get((who, label), 0.0) + 1 / len(labels)
    return tuple(Vote(who, label, round(count, 6)) for (who, label), count in sorted(counts.items()))


def _rating(text: str, where: str) -> float:
    """A rating on the scale 1 to 5."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 1 <= value <= 5:
        raise ZooError(f"{where}: rating '{text.strip()}' is not on the scale 1 to 5", "copy the release again")
    return value


_PARSED_NAME = re.compile(
    r"(?P<session>Ses0[1-5])[FM]_(?P<scene>impro\d\d|script\d\d_\d)[a-z]?_(?P<who>[FM])(\d{3}|XX\d)"
)


def parse_name(path: PurePosixPath) -> ParsedName | None:
    """A take group is a speaker's part in a script or scene; scripts were played twice per session."""
    if (match := _PARSED_NAME.fullmatch(path.stem)) is None:
        return None
    speaker, scene = match["session"] + match["who"], match["scene"]
    text = scene if scene.startswith("script") else None
    return ParsedName(match.string, speaker, f"{speaker}-{scene}", text)


CORPUS = Corpus(
    name="iemocap",
    title=TITLE,
    citation=(
        "C. Busso, M. Bulut, C.-C. Lee, A. Kazemzadeh, E. Mower, S. Kim, J. N. Chang, S. Lee, S. S. Narayanan: "
        "IEMOCAP: Interactive emotional dyadic motion capture database. Language Resources and Evaluation 42(4), 2008."
    ),
    licence="LicenseRef-IEMOCAP",
    terms=(
        "Research only, after a signed release form; the data must not be passed on. Ask its owners before you share "
        "weights trained on it."
    ),
    obtain="On request: sign the release form of sail.usc.edu/iemocap, the address of the archive is sent by e-mail.",
    language="en-US",
    sampling_rate_hz=16_000,
    speakers=SPEAKERS,
    native_labels=COUNTS,
    duration_range_s=(0.5, 35.0),
    hours=12.44,
    rating_scale=(1.0, 5.0),
    votes=("raters", "self"),
    access="on request",
    limits=(
        "A quarter of the turns has no majority among its raters (xxx) and is nearly always left out, so results "
        "describe the turns that people agree on.",
        "The same scripts are played in every session: 43 % of the scripted turns have their exact text in another "
        "session, so a model can learn lines instead of voices even where sessions are kept apart.",
        "Raters saw the actors' faces and knew the preceding dialogue: some labels cannot be inferred from the voice.",
        "Two turns are disgust, 40 fear and 107 surprise: it is not suited to six or seven classes.",
        "Ten actors in five pairs: an interval over speakers is wide, and both speakers of a pair are audible in each.",
    ),
    recognise=recognise,
    utterances=utterances,
    parse_name=parse_name,
    companions=(
        "README.txt",
        "Session[1-5]/dialog/EmoEvaluation/[!.]*.txt",
        "Session[1-5]/dialog/transcriptions/[!.]*.txt",
    ),
)
