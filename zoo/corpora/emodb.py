"""EmoDB, the Berlin database of emotional speech: ten actors, ten German sentences, seven emotions.

The 535 takes of version 1 were selected by listeners (at least 80 % of 20 recognised the emotion), so human scores on
this corpus are inflated by the selection. EmoDB 2.0 adds 281 other takes; they are not used.
"""

import re
from collections.abc import Iterator
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
    find_root,
    is_synthetic,
    recognise_by_counts,
    rejection_reason,
    visible,
)
from zoo.errors import ZooError

EMOTIONS = {
    "W": "anger",  # Wut
    "L": "boredom",  # Langeweile
    "E": "disgust",  # Ekel
    "A": "fear",  # Angst
    "F": "happiness",  # Freude
    "N": "neutral",
    "T": "sadness",  # Trauer
}
TEXTS = ("a01", "a02", "a04", "a05", "a07", "b01", "b02", "b03", "b09", "b10")
SPEAKERS = {
    "03": Speaker("male", 31),
    "08": Speaker("female", 34),
    "09": Speaker("female", 21),
    "10": Speaker("male", 32),
    "11": Speaker("male", 26),
    "12": Speaker("male", 30),
    "13": Speaker("female", 32),
    "14": Speaker("female", 35),
    "15": Speaker("male", 25),
    "16": Speaker("female", 31),
}
COUNTS = {"anger": 127, "boredom": 81, "disgust": 46, "fear": 69, "happiness": 71, "neutral": 79, "sadness": 62}
# Emotion and version of every published take: a line per speaker, a word per text, in the order of TEXTS.
_TAKES = {
    "03": "FaNcWa FcNcTaWbWc AdFdLcNcTaWc AaFcNdTcWaWb FaFbLaNcWc FaLbNbTdWaWc AaLaNaTbWb NbTcWc LaNcTcWa AbEcNaNcWbWc",
    "08": (
        "AbFdLcNaWaWc AbAcFeLaNaTbWc FfLaNcTbWc FeLcNbTaWa FdLaNaTaTbWc "
        "AaFdFeLbNaWa FfLaNbTcWd FeLcNbTcWd AbFdLcNbTbWaWc AaFdLaNcTcWa"
    ),
    "09": "EaFaNbWb EaEbLaWb FdLaNbWa EdLcNbTbWbWc EbNaTaWbWd EaNaWb NaTbWcWd EdFaFdLbNbTaWb EaNdWa AaNdWa",
    "10": "AcNbWa AbFaLbNaWa FdNbWaWb AaLdTbWb AaAdLaTaWb AaEaFaLb AaLaNaWb LaTbWb AdLbWb FcLcWa",
    "11": (
        "AaAbLdNdWc EcFbLdNcTcWc AcFdNdWc AdFbFcLcNaTdWd AcLdTaWc "
        "AbEbFcLbNcWd AbFdNaTdWb FcLcNbTdWaWb AdFdLdNaTdWa AdAeLdNcTdWa"
    ),
    "12": "FbLbNbWc AcEcNbWaWc Wc AbLbNdTaWb AcLaWa TaWa AdEaFbNaWaWbWd LaTa AcTdWc AcLdWa",
    "13": (
        "AcEaEcFdLbNbWb AdEcFaLcNcTaWa AcFcLbTaWc AaEaLcNbTcWaWc FdLbNaTcWb "
        "AbEcFcLdNcWa FbLcNbWa AcEdFdLbNaTdWc AbEcFbFcLaNaWa EcFaLaNcWaWc"
    ),
    "14": (
        "AaAcEaNaWaWc AbEaFdLaNcTbWaWc AaEdLbTbTcWbWc AaAcFaFbLbNaTaTcWaWb AaEbFdLcLdNaTcWc "
        "AcEbFaFcNaWc AaFbNaTcWbWd AdEdLbTaWb AcEaFcLbTdWaWc AdEbLbNbTcWc"
    ),
    "15": (
        "EaFbLaNbWa AcEaLaNaTaWbWd AbAcFdNcWaWb EbFbLbNaWa AcEbFaFbLdNc "
        "EcLbNaWc AaLbNdTcWaWc AaLcNbTcWaWb AcFaLaNbTaWb AcLcNbNcWa"
    ),
    "16": (
        "EcFcLbNcTbWb EaEcLbNbTcWb AbEaFaLaLcNcTcWbWc AbEaFcLaTbWbWc EaFaFbLaLbNbTdWa "
        "AaEbFaLaLcTbWaWb AaEbFdLbWb AdEaFaFdLaNbTaWb AbEbFbLaLbWb AaEbFbLbTbTdWaWb"
    ),
}
# EmoDB 2.0 has 281 more takes, on which fewer listeners agreed or which they found less natural.
PUBLISHED = frozenset(
    speaker + text + takes[place : place + 2]
    for speaker, line in _TAKES.items()
    for text, takes in zip(TEXTS, line.split(), strict=True)
    for place in range(0, len(takes), 2)
)
_AGAIN = "copy it again from the corpus"
TITLE = "EmoDB (Berlin Database of Emotional Speech)"
LISTENED = "erkennung.txt"

_NAME = re.compile(r"(?P<speaker>\d\d)(?P<text>[ab]\d\d)(?P<emotion>[A-Z])(?P<version>[a-z])")


def _audio(folder: Path) -> list[Path]:
    """The recordings: in `wav/` as published, or in the folder itself."""
    wav = folder / "wav"
    return visible((wav if wav.is_dir() else folder).glob("*.wav"))


def _holds(folder: Path) -> bool:
    return any(_NAME.fullmatch(path.stem) for path in _audio(folder))


def recognise(folder: Path) -> Recognition:
    """Recognise `wav/*.wav` with or without `erkennung.txt`, a flat folder of the same names, and EmoDB 2.0."""
    root = find_root(folder, _holds) if folder.is_dir() else None
    if root is None:
        return Recognition(None, rejection_reason(folder, "EmoDB recordings, such as wav/03a01Fa.wav"))
    found = list(utterances(root))
    recognition = recognise_by_counts(root, TITLE, COUNTS, (utterance.native_label for utterance in found))
    if recognition.root is None:
        return recognition
    num_lacking = sum(utterance.agreement is None for utterance in found)
    reason = recognition.reason + lacking_note(root, LISTENED, "the listeners' judgement", num_lacking)
    if others := len(_audio(root)) - len(found):
        reason += f"; {others} unpublished takes of EmoDB 2.0 are not used"
    return Recognition(root, reason)


def utterances(folder: Path) -> Iterator[Utterance]:
    """What the names `SSTTTEV.wav` (speaker, text, emotion, version) and the listening test state.

    Takes that are only in EmoDB 2.0 are skipped; synthetic stand-ins may have any take.
    agreement: share of the 20 listeners that recognised the emotion, from `erkennung.txt`, None without that file.
    Raises ZooError for a file whose name does not follow EmoDB's scheme.
    """
    agreement, synthetic = _recognised(folder / LISTENED), is_synthetic(folder)
    for path in _audio(folder):
        match = _NAME.fullmatch(path.stem)
        if match is None:
            raise ZooError(f"{path} is not an EmoDB name", "names are like 03a01Fa.wav; move other files away")
        speaker, text, emotion = match["speaker"], match["text"], match["emotion"]
        for kind, code, known in (
            ("speaker", speaker, SPEAKERS),
            ("text", text, TEXTS),
            ("emotion", emotion, EMOTIONS),
        ):
            if code not in known:
                raise ZooError(f"{path}: unknown {kind} code '{code}'", f"EmoDB has {' '.join(known)}")
        if path.stem not in PUBLISHED and not synthetic:
            continue
        yield Utterance(
            utterance_id=path.stem,
            path=path.relative_to(folder).as_posix(),
            speaker_id=speaker,
            native_label=EMOTIONS[emotion],
            take_group=speaker + text + emotion,
            text_id=text,
            agreement=agreement.get(path.name),
        )


def _recognised(path: Path) -> dict[str, float]:
    """File name -> share of listeners, 0 to 1; for all 816 tested takes, including the unpublished ones."""
    if not path.is_file():
        return {}
    shares = {}
    # Latin-1, padded with non-breaking spaces (which split() treats as blanks); percentages have a decimal comma
    for number, line in enumerate(path.read_text(encoding="latin-1").splitlines(), start=1):
        words = line.split()
        if number == 1 or not words:
            continue
        try:
            name, share = words[1], float(words[2].replace(",", ".")) / 100
        except (IndexError, ValueError):
            name, share = "", -1.0
        if not 0 <= share <= 1:
            raise ZooError(f"{path}, line {number}: no file name and percentage in '{line.strip()}'", _AGAIN)
        shares[name] = round(share, 6)
    return shares


_PARSED_NAME = re.compile(
    rf"(?P<id>(?P<speaker>{'|'.join(SPEAKERS)})(?P<text>{'|'.join(TEXTS)})(?P<emotion>[{''.join(EMOTIONS)}])[a-z])(xx)?"
)


def parse_name(path: PurePosixPath) -> ParsedName | None:
    """Versions of one speaker, text and emotion are one take group."""
    if (match := _PARSED_NAME.fullmatch(path.stem)) is None:
        return None
    speaker, text = match["speaker"], match["text"]
    return ParsedName(match["id"], speaker, speaker + text + match["emotion"], text, EMOTIONS[match["emotion"]])


CORPUS = Corpus(
    name="emodb",
    title=TITLE,
    citation=(
        "F. Burkhardt, A. Paeschke, M. Rolfes, W. Sendlmeier, B. Weiss: A database of German emotional speech. "
        "Interspeech 2005."
    ),
    licence="CC-BY-4.0",
    terms=(
        "Free to use with attribution, commercially too (the audb release says CC0). Weights trained on it may be "
        "shared; name the corpus."
    ),
    obtain="Free download: Zenodo record 7447302 (doi 10.5281/zenodo.7447302) or emodb.bilderbar.info/download.",
    language="de",
    sampling_rate_hz=16_000,
    speakers=SPEAKERS,
    native_labels=COUNTS,
    duration_range_s=(1.2, 9.0),
    hours=0.413,
    recognise=recognise,
    utterances=utterances,
    parse_name=parse_name,
    commercial_use=True,
    downloads=(
        Download(
            "https://zenodo.org/records/7447302/files/emodb.zip", "md5:9d21362dbc5676ef3ab4745d83ced0db", 39_981_818
        ),
    ),
    limits=(
        "Only takes that listeners recognised and found natural were published: people and models score higher here "
        "than on unselected speech.",
        "Ten texts, all spoken by every speaker: a test of new speakers is not a test of new sentences.",
        "Speaker 08 has no disgust; 03 and 10 have one disgust each, 09 one fear: folds by speaker lack classes.",
        "Ten speakers: an interval over speakers is wide.",
        "Classes are uneven: anger has 127 takes, disgust 46.",
    ),
    known_defects=dict.fromkeys(
        ("14a07Aa", "14a07Fd", "14a07Na", "14a07Wc"), Defect("header", "a PAD chunk precedes the samples")
    ),
    companions=(LISTENED, "erklaerung.txt"),
)
