"""SAVEE: folders, flat and nested mirrors, copies that lost the speaker, and why a folder is rejected."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from zoo.corpora import get
from zoo.corpora import savee as reader
from zoo.errors import ZooError
from zoo.library.manifest import build

Make = Callable[[list[str]], Path]


def official_names() -> list[str]:
    """Speaker and code of the 480 recordings."""
    return [
        f"{speaker}/{code}{number:02d}"
        for speaker in reader.SPEAKERS
        for code in reader.EMOTIONS
        for number in range(1, 31 if code == "n" else 16)
    ]


def test_names_are_read(savee: Path) -> None:
    found = {utterance.utterance_id: utterance for utterance in reader.utterances(savee)}
    assert {name: (one.speaker_id, one.native_label, one.text_id) for name, one in found.items()} == {
        "DC_a01": ("DC", "anger", "common01"),
        "DC_n03": ("DC", "neutral", "common03"),
        "DC_n30": ("DC", "neutral", "n30"),
        "JE_sa15": ("JE", "sadness", "sa15"),
        "JE_su01": ("JE", "surprise", "common01"),
        "JK_f11": ("JK", "fear", "f11"),
        "KL_d02": ("KL", "disgust", "common02"),
        "KL_h04": ("KL", "happiness", "h04"),
    }
    assert found["JE_sa15"].path == "JE/sa15.wav"


def test_the_manifest_is_that_of_four_men_at_44_khz(savee: Path) -> None:
    frame = build("savee", savee)
    assert set(frame["sampling_rate_hz"]) == {44_100}
    assert set(frame["sex"]) == {"male"}
    assert set(frame["licence"]) == {"LicenseRef-SAVEE"}


def test_sentences_are_distinguished_and_shared_by_all_speakers(touched: Make) -> None:
    found = list(reader.utterances(touched([f"{name}.wav" for name in official_names()])))
    texts = Counter(utterance.text_id for utterance in found)
    assert len(texts) == 3 + 6 * 12 + 27
    assert {number for text, number in texts.items() if text and text.startswith("common")} == {4 * 7}
    assert {number for text, number in texts.items() if text and not text.startswith("common")} == {4}
    assert len({utterance.take_group for utterance in found}) == 480


@pytest.mark.parametrize("above", ["", "AudioData/", "AudioData/AudioData/"])
def test_official_and_nested_layouts_are_recognised(touched: Make, above: str) -> None:
    recognition = reader.recognise(touched([f"{above}{name}.wav" for name in official_names()]))
    assert recognition.root is not None, recognition.reason
    assert "480 utterances" in recognition.reason


def test_the_flat_mirror_gives_the_same_utterances(touched: Make) -> None:
    flat = touched([f"ALL/{name.replace('/', '_')}.wav" for name in official_names()])
    recognition = reader.recognise(flat)
    assert recognition.root == flat / "ALL", recognition.reason
    nested = touched([f"AudioData/{name}.wav" for name in official_names()]) / "AudioData"
    found = [
        {utterance.utterance_id: utterance.text_id for utterance in reader.utterances(folder)}
        for folder in (flat / "ALL", nested)
    ]
    assert found[0] == found[1]
    assert len(found[0]) == 480


def test_a_second_copy_of_a_recording_counts_once_unless_it_differs(savee: Path) -> None:
    copy = savee / "DC_a01.wav"
    copy.write_bytes((savee / "DC/a01.wav").read_bytes())
    assert len(list(reader.utterances(savee))) == 8
    copy.write_bytes(b"other")
    with pytest.raises(ZooError, match="the same name and different content"):
        list(reader.utterances(savee))


def test_a_merged_copy_without_speakers_is_rejected(touched: Make) -> None:
    names = [f"{code}{number:02d}{again}.wav" for code in "af" for number in (1, 11) for again in ("", " (2)", " (3)")]
    recognition = reader.recognise(touched([f"merged/{name}" for name in names]))
    assert recognition.root is None
    assert "identity is lost" in recognition.reason


def test_folders_in_lower_case_are_rejected_with_a_hint_to_rename_them(touched: Make) -> None:
    folder = touched([f"{name.lower()}.wav" for name in official_names()])
    reason = reader.recognise(folder).reason
    assert f"{folder / 'dc'} is called DC in SAVEE: rename it" in reason
    assert "lost" not in reason


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("f11 (2).wav", "does not name its speaker"),
        ("a01.wav", "does not name its speaker"),
        ("DC/f11 (2).wav", "is not a SAVEE name"),
        ("DC/s01.wav", "is not a SAVEE name"),
        ("XY_a01.wav", "unknown speaker 'XY'"),
        ("DC/a16.wav", "there is no sentence a16"),
        ("DC/n31.wav", "there is no sentence n31"),
        ("DC/su00.wav", "there is no sentence su00"),
    ],
)
def test_a_wrong_name_is_reported(savee: Path, name: str, what: str) -> None:
    (savee / name).touch()
    with pytest.raises(ZooError) as error:
        list(reader.utterances(savee))
    assert name in error.value.message
    assert what in error.value.message
    assert error.value.hint


def test_missing_recordings_are_reported(touched: Make) -> None:
    names = [f"{name}.wav" for name in official_names()]
    part = reader.recognise(touched([f"three/{name}" for name in names if not name.startswith("KL")]) / "three")
    assert "only part of SAVEE: no recordings of KL" in part.reason
    few = reader.recognise(touched([f"few/{name}" for name in names if "n30" not in name]) / "few")
    assert few.root is None
    assert "476 utterances instead of 480 (neutral 116 of 120)" in few.reason
    one = reader.recognise(touched(["one/DC/a01.wav"]) / "one/DC")
    assert "only part of SAVEE: no recordings of JE, JK, KL" in one.reason


def test_a_synthetic_stand_in_may_be_small(savee: Path) -> None:
    assert reader.recognise(savee).root is None
    (savee / "SYNTHETIC.txt").touch()
    assert reader.recognise(savee.parent).root == savee


def test_its_limits_are_stated() -> None:
    assert any("men" in sentence for sentence in get("savee").limits)
    assert get("savee").access == "on request"
    assert not get("savee").downloads
