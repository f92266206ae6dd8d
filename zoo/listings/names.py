"""The names that columns have in the tables of others: what a column holds, its role, and its names, ours first.

Names are compared without case, spaces, dots, dashes and underscores: `Speaker ID` is `speaker_id`.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches

_TRUTH = (
    *("truth", "true", "true_label", "label_true", "y_true", "gold", "gold_label", "reference", "ground_truth"),
    *("actual", "target"),
)
_EMOTION = ("emotion", "emo", "emotions", "emotion_label", "emo_class", "gefühl", "gefuehl")

ROLES: Mapping[str, Sequence[str]] = {
    "path": (
        *("path", "file", "wav", "audio", "audio_path", "wav_path", "file_path", "audio_file_path", "file_name"),
        *("audio_file", "wav_file", "audio_file_name", "clip", "pfad", "datei", "dateiname", "audiodatei"),
    ),
    "key": (
        *("utterance_id", "utterance", "key", "id", "utt_id", "utt", "name", "file_id", "segment_id", "clip_id"),
        *("sample_id", "recording_id"),
    ),
    "label": (
        *("label", *_TRUTH, *_EMOTION, "class", "class_label", "category", "labels", "native_label"),
        *("klasse", "kategorie"),
    ),
    "predicted": (
        *("predicted", "prediction", "predictions", "predicted_label", "predicted_class", "pred", "preds", "y_pred"),
        *("output", "hypothesis", "vorhersage"),
    ),
    "speaker": (
        *("speaker", "speakers", "speaker_id", "spk", "spk_id", "spkr", "spkr_id", "speaker_name", "actor", "actor_id"),
        *("subject", "subject_id", "participant", "participant_id", "sprecher", "sprecherin", "sprecher_id"),
    ),
    "sex": ("sex", "gender", "speaker_sex", "speaker_gender", "geschlecht"),
    "age": ("age", "speaker_age", "alter"),
    "language": ("language", "lang", "sprache"),
    "text": (
        *("text", "text_id", "transcript", "transcription", "sentence", "sentence_id", "statement", "transkript"),
        "satz",
    ),
    "start": ("start", "start_s", "start_time", "begin", "onset", "anfang", "beginn"),
    "end": ("end", "end_s", "end_time", "stop", "ende"),
    "split": ("split", "set", "partition", "subset", "split_set", "usage"),
    "fold": ("fold", "fold_id", "cv_fold"),
    "dataset": ("dataset", "corpus", "database"),
    "session": ("session", "session_id", "dialogue", "dialog"),
    "seed": ("seed", "run"),
}

SPLIT_WORDS = {
    **dict.fromkeys(("train", "training", "trn", "trainset"), "train"),
    **dict.fromkeys(("dev", "devel", "development", "val", "valid", "validation", "devset"), "dev"),
    **dict.fromkeys(("test", "testing", "tst", "testset"), "test"),
}
FOLD = re.compile(r"(?<![a-z])(?:fold|session|split|cv)[ _-]?(\d+)", re.IGNORECASE)


def plain(name: str) -> str:
    """A name without what does not distinguish names.

    >>> plain(" Speaker-ID") == plain("speaker_id") == "speakerid"
    True
    """
    return re.sub(r"[\s._-]+", "", unicodedata.normalize("NFC", name).casefold())


_PLACES = {role: {plain(name): place for place, name in enumerate(names)} for role, names in ROLES.items()}
_PIPELINES_TRUTH = {plain(name) for name in (*_TRUTH, *_EMOTION)}


def is_named(name: str, *roles: str) -> bool:
    """Whether a column of that name has one of the roles."""
    return any(plain(name) in _PLACES[role] for role in roles)


def columns(present: Collection[str], roles: Collection[str] = tuple(ROLES)) -> dict[str, list[str]]:
    """Role -> the columns with it, the preferred one first; only of the roles asked for.

    Two names depend on others: `label` beside `score` and a true label is what a Hugging Face pipeline predicted, and
    `target` beside `source` is a corpus.

    >>> columns(["File", "spk", "emotion", "note"])
    {'path': ['File'], 'label': ['emotion'], 'speaker': ['spk']}
    >>> columns(["file", "truth", "label", "score"], ["label", "predicted"])
    {'label': ['truth'], 'predicted': ['label']}
    """
    names = {name: plain(name) for name in present}
    all_plain = set(names.values())
    found: dict[str, list[str]] = {}
    for role in (role for role in ROLES if role in roles):
        places = _PLACES[role]
        having = sorted((name for name in names if names[name] in places), key=lambda name: places[names[name]])
        if role == "label" and "source" in all_plain:
            having = [name for name in having if names[name] != "target"]
        found[role] = having
    answered = {"label", "score"} <= all_plain and all_plain & _PIPELINES_TRUTH
    if answered and not all_plain & set(_PLACES["predicted"]):
        for role in {"label", "predicted"} & set(found):
            found[role] = [name for name in names if names[name] == "label"]
            if role == "label":
                found[role] = [name for name in names if names[name] in _PIPELINES_TRUTH]
    return {role: having for role, having in found.items() if having}


def hint(role: str, present: Collection[str]) -> str:
    """For whoever has no column of a role: a name that is nearly one of its names, and what these are."""
    known = [plain(name) for name in ROLES[role]]
    near = next((name for name in present if get_close_matches(plain(name), known, n=1, cutoff=0.8)), None)
    asked = f"did you mean '{near}'? " if near else ""
    return f"{asked}the first line names the columns; other names of '{role}': {', '.join(ROLES[role][1:8])}"
