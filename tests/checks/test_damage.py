"""Some 75 kinds of damage, injected one at a time into a clean study: each is caught, by the check that names it.

A check that no damage trips, or that no damage trips alone without a reason given here, fails the last test.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

WHOLE = "the table has the expected columns, types, keys and values"
SPEAKERS = "leave_speakers_out"
SENTENCES = "across_sentences"  # leaves rows out of a fold, so that losing some is not damage by itself
Tables = Any  # of conftest.py
Findings = dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Damage:
    """trips: the checks whose findings change, and no other. named: the first finding, or part of it."""

    name: str
    injure: Callable[[Tables, Path], object]
    trips: tuple[str, ...]
    named: str
    protocol: str = SPEAKERS


def speech(seconds: float = 2.0) -> np.ndarray:
    return np.random.default_rng(3).normal(0, 0.05, int(seconds * 16_000))


WORDS = "labels are native labels of the corpus"
COUNTS, SIZE = "labels have their official counts", "the corpus has its official size"
MATCHES_PROTOCOL = "folds match the protocol"
ONCE = "every file or segment is listed once"
UNIQUE = "utterance ids are unique"
NEVER, LEFT_OUT = "every labelled utterance is tested", "every fold holds every labelled utterance"
NUMBERS = "durations, levels, peaks, offsets and clipping are numbers"
LONG, RANGE = "utterances last at least 1 s", "durations are in the corpus's range"
LENGTH = "utterances last at least 25 ms and at most an hour"
SHARE, SEXES = "class shares in train are close to the fold's", "the share of women in train is close to the fold's"
DAMAGES = [
    Damage("no rows", lambda t, _: setattr(t, "manifest", t.manifest.clear()), ("there are utterances",), "found 0"),
    Damage("an id twice", lambda t, _: t.id_twice(), (UNIQUE, WHOLE), "03a04Wa"),
    Damage(
        "a file twice",
        lambda t, _: t.put("path", "wav/03a04Wa.wav"),
        (ONCE,),
        "wav/03a04Wa.wav",
    ),
    Damage("another corpus", lambda t, _: t.put("corpus", "tess"), ("all rows are of this corpus",), "is 'tess'"),
    Damage(
        "synthetic rows",
        lambda t, _: t.put("origin", "synthetic"),
        ("recorded and synthetic speech are not mixed",),
        "",
    ),
    Damage(
        "an unknown speaker",
        lambda t, _: t.another_speaker(),
        ("speakers are listed in the corpus's description",),
        "is '99'",
    ),
    Damage("another sex", lambda t, _: t.put("sex", "female"), ("sex and age match the speaker",), "03 is female, 31"),
    Damage("another age", lambda t, _: t.put("age", 13), ("sex and age match the speaker",), "03 is male, 13"),
    Damage("another licence", lambda t, _: t.put("licence", "MIT"), ("the licence matches the corpus",), "is 'MIT'"),
    Damage(
        "labels of a crowd",
        lambda t, _: t.put("label_source", "crowd_audio"),
        ("labels come from the study's source",),
        "is 'crowd_audio'",
    ),
    Damage(
        "a vote for another word",
        lambda t, _: t.strange_vote(),
        ("votes are for native labels of the corpus",),
        "03a02Wa: 2 votes for 'cheerful'",
    ),
    Damage("another language", lambda t, _: t.put("language", "en"), ("the language matches the corpus",), "is 'en'"),
    Damage(
        "an unknown label",
        lambda t, _: t.unknown_label(),
        (WORDS, "scheme core4 has a row for every label"),
        "is 'cheerful'",
    ),
    Damage("no length", lambda t, _: t.put("duration_s", float("nan")), (NUMBERS,), "duration_s is not a number"),
    Damage("endless", lambda t, _: t.put("duration_s", float("inf")), (NUMBERS,), "03a02Wa: duration_s is inf"),
    Damage("an endless peak", lambda t, _: t.put("peak", float("inf")), (NUMBERS,), "03a02Wa: peak is inf"),
    Damage("no level", lambda t, _: t.put("level_dbfs", float("-inf")), (NUMBERS,), "03a02Wa: level_dbfs is -inf"),
    *(
        Damage(
            f"{name} not a number",
            lambda t, _, name=name: t.put(name, float("nan")),
            ("ratings are numbers where present", *also),
            f"03a02Wa: {name} is not a number",
        )
        for name, also in (
            ("valence_native", ()),
            ("arousal", ("arousal is between 0 and 1",)),
            ("agreement", ("agreement is between 0 and 1",)),
        )
    ),
    *(
        Damage(
            f"{name} of {value}",
            lambda t, _, name=name, value=value: t.put(name, value),
            ("levels, peaks, offsets and clipping are possible",),
            f"03a02Wa: {name} is {value}, not between",
        )
        for name, value in (("peak", 5), ("peak", -0.5), ("level_dbfs", 12), ("clipped", -0.1))
    ),
    Damage(
        "length 0",
        lambda t, _: t.put("duration_s", 0.0),
        (LENGTH,),
        "03a02Wa: duration_s is 0",
    ),
    Damage("a truncated file", lambda t, d: t.sounds(speech(0.3), d), (RANGE, LONG), "duration_s is 0.3"),
    Damage("a short file", lambda t, d: t.sounds(speech(0.9), d), (LONG,), "duration_s is 0.9"),
    Damage("two files in one", lambda t, d: t.sounds(speech(12), d), (RANGE,), "duration_s is 12"),
    Damage(
        "a resampled file",
        lambda t, _: t.put("sampling_rate_hz", 8000),
        ("all files have the same sampling rate",),
        "03a02Wa: 8000 Hz, most files have 16000",
    ),
    Damage(
        "a corpus cut or padded to one length",
        lambda t, _: t.change("duration_s", 2.0, ~pl.col("utterance_id").is_in(["03a01Wa", "08a01Wa"])),
        ("lengths vary",),
        "of 535 files last 2 s exactly",
    ),
    Damage(
        "a resampled corpus",
        lambda t, _: t.change("sampling_rate_hz", 8000, ~pl.col("utterance_id").is_in(["03a01Wa", "08a01Wa"])),
        ("files have the official sampling rate",),
        "533 files at 8000 Hz, not 16000",
    ),
    Damage(
        "a stereo file", lambda t, d: t.sounds(np.stack([speech(), speech()], 1), d), ("files have one channel",), "2"
    ),
    Damage("a silent file", lambda t, _: t.put("level_dbfs", -80.0), ("no file is silent",), "level_dbfs is -80"),
    Damage(
        "recorded too loud", lambda t, d: t.sounds(40 * speech(), d), ("no file is badly clipped",), "clipped is 0.6"
    ),
    Damage("clipped peaks", lambda t, d: t.sounds(8 * speech(), d), ("no file is clipped",), "clipped is 0.01"),
    Damage(
        "a large offset",
        lambda t, d: t.sounds(speech() + 0.2, d),
        ("no file has a large DC offset",),
        "03a02Wa: dc_offset",
    ),
    Damage("an offset", lambda t, d: t.sounds(speech() + 0.01, d), ("no file has a DC offset",), "03a02Wa: dc_offset"),
    *(
        Damage(
            f"{name} of 1.5",
            lambda t, _, name=name: t.put(name, 1.5),
            (f"{name} is between 0 and 1",),
            f"{name} is 1.5",
        )
        for name in ("valence", "arousal", "dominance", "agreement")
    ),
    Damage(
        "a speaker's files gone", lambda t, _: t.speaker_gone(), ("every official speaker is present",), "16 is missing"
    ),
    Damage("a label swapped", lambda t, _: t.label_swapped(), (COUNTS,), "anger: 126 of 127 (1 missing)"),
    Damage("a row lost", lambda t, _: t.row_lost(), (SIZE, COUNTS), "534"),
    Damage(
        "an altered file",
        lambda t, _: t.put("sha256_file", "other"),
        ("files have their published hashes",),
        "03a02Wa is not the published file",
    ),
    Damage(
        "a recoded corpus",
        lambda t, _: t.change("sha256_file", "other", pl.lit(True)),
        ("files are encoded as published",),
        "none of 535 files",
    ),
    Damage(
        "a twin with another label",
        lambda t, _: t.put("sha256_samples", "samples of 03a02Ta"),
        ("identical audio has one label and speaker",),
        "03a02Ta (sadness, speaker 03) = 03a02Wa (anger, speaker 03)",
    ),
    Damage(
        "a copy",
        lambda t, _: t.put("sha256_samples", "samples of 03a04Wa"),
        ("no audio is duplicated, except for known cases",),
        "03a02Wa = 03a04Wa",
    ),
    Damage(
        "a known defect",
        lambda t, _: (t.put("channels", 2), t.put("path", "wav/odd.wav")),
        ("no known defect of the corpus is present",),
        "03a02Wa: stereo",
    ),
    Damage(
        "a column of another type",
        lambda t, _: setattr(t, "manifest", t.manifest.with_columns(pl.col("channels").cast(pl.Int32))),
        (WHOLE,),
        "channels is Int32",
    ),
    Damage("a column lost", lambda t, _: setattr(t, "manifest", t.manifest.drop("sex")), (WHOLE,), "sex"),
    Damage(
        "folds of another manifest",
        lambda t, _: setattr(t, "stale", True),
        ("the folds were made from this manifest",),
        "was not made from",
    ),
    Damage("no folds", lambda t, _: setattr(t, "folds", t.folds.clear()), ("there are folds",), "found 0"),
    Damage(
        "a row twice",
        lambda t, _: setattr(t, "folds", pl.concat([t.folds, t.folds.filter(t.in_fold(0, "train")).head(1)])),
        ("every utterance is in a fold only once", WHOLE),
        "",
    ),
    Damage(
        "another protocol",
        lambda t, _: t.fold("protocol", "random", t.in_fold(0, "train")),
        ("folds follow the study's protocol",),
        "protocol is 'random'",
    ),
    Damage(
        "another scheme",
        lambda t, _: t.fold("scheme", "core4", t.in_fold(0, "train")),
        ("labels are in the study's scheme",),
        "scheme is 'core4'",
    ),
    Damage(
        "another word for dev",
        lambda t, _: t.fold("split", "valid", t.in_fold(0, "dev")),
        ("splits are train, dev and test", WHOLE, "every fold has train, dev and test"),
        "split is 'valid'",
    ),
    Damage(
        "no dev",
        lambda t, _: t.fold("split", "train", t.in_fold(2, "dev")),
        ("every fold has train, dev and test",),
        "fold 2 has no dev",
    ),
    Damage(
        "a speaker leaked",
        lambda t, _: t.speaker_leaked(),
        ("no speaker is in two splits of a fold",),
        "is in train and dev",
    ),
    Damage(
        "a take in two splits",
        lambda t, _: t.put("take_group", "08a02W"),
        ("no take is in two splits of a fold",),
        "take 08a02W is in",
    ),
    Damage(
        "a sentence leaked",
        lambda t, _: t.sentence_leaked(),
        ("no test sentence is in another split of its fold",),
        "is in train and test",
        SENTENCES,
    ),
    Damage(
        "audio in two splits",
        lambda t, _: t.put("sha256_samples", "samples of 08a01Wa", "03a01Wa"),
        ("no audio is in two splits of a fold",),
        "03a01Wa = 08a01Wa are in",
    ),
    Damage(
        "a stranger", lambda t, _: t.stranger(), ("every utterance of a fold is in the manifest",), "03a02Wz is not"
    ),
    Damage(
        "a row of a fold lost",
        lambda t, _: t.drop(t.in_fold(0, "train") & (pl.col("utterance_id") == t.first("train", "fear"))),
        (LEFT_OUT,),
        "fold 0 lacks",
    ),
    Damage("a dev speaker in test", lambda t, _: t.dev_speaker_tested(), ("no utterance is tested twice",), "2 times"),
    Damage(
        "a test row lost",
        lambda t, _: t.drop(t.in_fold(0, "test") & (pl.col("utterance_id") == t.first("test", "anger"))),
        (NEVER,),
        "is never tested",
        SENTENCES,
    ),
    Damage(
        "a speaker renamed",
        lambda t, _: t.fold("speaker_id", "99", pl.col("speaker_id") == "03"),
        ("speakers match the manifest",),
        "is '99' in the folds, '03' in the manifest",
    ),
    Damage(
        "a label of the folds swapped",
        lambda t, _: t.fold("label", "sadness", pl.col("utterance_id") == "03a02Wa"),
        ("labels match the manifest",),
        "03a02Wa is 'sadness' in the folds, 'anger' in the manifest",
    ),
    Damage(
        "folds in another order",
        lambda t, _: t.folds_renumbered(),
        (MATCHES_PROTOCOL,),
        "differ from leave_speakers_out",
    ),
    Damage(
        "a class not trained",
        lambda t, _: t.drop(t.in_fold(0, "train", label="fear")),
        ("every class is in every fold's train",),
        "fold 0: no fear in train",
        SENTENCES,
    ),
    Damage(
        "a class not tuned",
        lambda t, _: t.drop(t.in_fold(0, "dev", label="fear")),
        ("every class is in every fold's dev and test",),
        "fold 0: no fear in dev",
        SENTENCES,
    ),
    Damage("a class rare", lambda t, _: t.drop(t.in_fold(0, "train", label="fear"), 0.8), (SHARE,), "fear", SENTENCES),
    Damage(
        "a class of one take",
        lambda t, _: t.one_take(),
        ("every class has at least 2 takes in train", SHARE),
        "one take of fear",
        SENTENCES,
    ),
    Damage(
        "one speaker to train on",
        lambda t, _: t.one_speaker_left(),
        ("every fold trains on more than one speaker", SEXES),
        "fold 0 trains on one speaker",
    ),
    Damage("men only", lambda t, _: t.women_out_of_train(), (SEXES,), "fold 0: 0% of train is spoken by women"),
    Damage(
        "women only in dev",
        lambda t, _: t.women_only_in_dev(),
        ("dev and test sets of several speakers include both sexes",),
        "in dev are female",
    ),
    Damage(
        "one fold tests most",
        lambda t, _: t.one_fold_tests_most(),
        ("test sets are of similar size", "no utterance is tested twice"),
        "fold 0",
    ),
]
# Checks that no damage can trip alone, and the reason.
ACCOMPANIED = {
    "there are utterances": "an empty manifest lacks everything else too",
    "there are folds": "empty folds lack everything else too",
    UNIQUE: "the table's key is violated too",
    "every utterance is in a fold only once": "the table's key is violated too",
    "splits are train, dev and test": "the table's values are violated too",
    WORDS: "an unknown label is missing from the schemes and the official counts too",
    "scheme core4 has a row for every label": "a label without a row in a scheme is not a label of the corpus",
    SIZE: "the size is the sum of the counts",
    "every class has at least 2 takes in train": "a class of one take is rare",
    "every fold trains on more than one speaker": "one speaker has one sex",
    "test sets are of similar size": "a test set grows by utterances that another one tests too",
}
# Checks that cannot fail on EmoDB, and where they are tested.
ELSEWHERE = {"speakers of one session are in one split": "test_checks.py, on IEMOCAP"}


@pytest.fixture(scope="module")
def healthy(clean: dict[str, Tables], found: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Findings]:
    return {name: found(tables, name, tmp_path_factory.mktemp("clean")) for name, tables in clean.items()}


def test_the_clean_study_has_only_its_known_defects(healthy: dict[str, Findings]) -> None:
    for protocol, findings in healthy.items():
        with_findings = {title for title, lines in findings.items() if lines}
        assert with_findings == {"no known defect of the corpus is present"}, protocol


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.name)
def test_damage_is_caught_and_named(
    damage: Damage, clean: dict[str, Tables], healthy: dict[str, Findings], found: Any, tmp_path: Path
) -> None:
    tables = replace(clean[damage.protocol])
    damage.injure(tables, tmp_path)
    findings, before = found(tables, damage.protocol, tmp_path), healthy[damage.protocol]
    tripped = {title for title, lines in findings.items() if lines and lines != before.get(title)}
    if MATCHES_PROTOCOL not in damage.trips:  # damage that only causes warnings also differs from the protocol
        tripped.discard(MATCHES_PROTOCOL)
    assert tripped >= set(damage.trips)
    assert damage.trips[0] in ACCOMPANIED or tripped == set(damage.trips)
    assert any(damage.named in line for line in findings[damage.trips[0]])


def test_every_check_catches_some_damage_alone(healthy: dict[str, Findings]) -> None:
    titles = {title for findings in healthy.values() for title in findings}
    alone = {damage.trips[0] for damage in DAMAGES if len(damage.trips) == 1} - set(ACCOMPANIED)
    caught = {title for damage in DAMAGES for title in damage.trips}
    assert titles - alone == set(ACCOMPANIED) | set(ELSEWHERE)
    assert set(ACCOMPANIED) <= caught
