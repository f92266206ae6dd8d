"""TESS: irregular folders, nested and flat copies, the misnamed file, and why a folder is rejected."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from zoo.corpora import get
from zoo.corpora import tess as reader
from zoo.errors import ZooError
from zoo.library.manifest import build

Make = Callable[[list[str]], Path]
FOLDERS = (
    *("OAF_angry", "OAF_disgust", "OAF_Fear", "OAF_happy", "OAF_neutral", "OAF_Pleasant_surprise", "OAF_Sad"),
    *("YAF_angry", "YAF_disgust", "YAF_fear", "YAF_happy", "YAF_neutral", "YAF_pleasant_surprised", "YAF_sad"),
)


def official_names() -> list[str]:
    """As many files as TESS has, with made-up words except for the one in the misnamed file."""
    words = ["bite", *(f"word{chr(97 + index // 26)}{chr(97 + index % 26)}" for index in range(199))]
    names = []
    for folder in FOLDERS:
        speaker, _, emotion = folder.partition("_")
        code = "ps" if "surprise" in emotion else emotion.lower()
        names += [f"{folder}/{speaker}_{word}_{code}.wav" for word in words]
    return [name.replace("OAF_bite_neutral", "OA_bite_neutral") for name in names]


def test_names_are_read_in_irregular_folders(tess: Path) -> None:
    found = {utterance.utterance_id: utterance for utterance in reader.utterances(tess)}
    assert len(found) == 8
    first = found["YAF_bite_ps"]
    assert (first.path, first.speaker_id, first.native_label, first.text_id) == (
        "YAF_pleasant_surprised/YAF_bite_ps.wav",
        "YAF",
        "ps",
        "bite",
    )
    assert found["OAF_food_fear"].path == "OAF_Fear/OAF_food_fear.wav"


def test_the_misnamed_file_is_the_older_woman_s(tess: Path) -> None:
    found = {utterance.utterance_id: utterance for utterance in reader.utterances(tess)}
    assert found["OAF_bite_neutral"].speaker_id == "OAF"
    assert found["OAF_bite_neutral"].path == "OAF_neutral/OA_bite_neutral.wav"
    assert {utterance.speaker_id for utterance in found.values()} == {"OAF", "YAF"}


def test_the_manifest_keeps_rates_as_stored_and_gives_ages(tess: Path) -> None:
    frame = build("tess", tess)
    odd = frame.filter(frame["sampling_rate_hz"] != get("tess").sampling_rate_hz)
    assert odd["utterance_id"].to_list() == ["OAF_food_fear"]
    assert "96000" in get("tess").known_defects["OAF_food_fear"].text
    assert set(zip(frame["speaker_id"], frame["sex"], frame["age"], strict=True)) == {
        ("OAF", "female", 64),
        ("YAF", "female", 26),
    }


def test_every_known_defect_is_an_utterance(touched: Make) -> None:
    names = [f"{name}.wav" for name in ("OA_bite_neutral", "OAF_food_fear", "YAF_germ_angry", "YAF_neat_fear")]
    assert {utterance.utterance_id for utterance in reader.utterances(touched(names))} == set(get("tess").known_defects)


@pytest.mark.parametrize("above", ["", "TESS Toronto emotional speech set data/"])
def test_official_and_mirrored_layouts_are_recognised(touched: Make, above: str) -> None:
    recognition = reader.recognise(touched([above + name for name in official_names()]))
    assert recognition.root is not None, recognition.reason
    assert "2800 utterances" in recognition.reason


def test_a_flat_copy_and_a_repaired_name_are_recognised(touched: Make) -> None:
    flat = [Path(name).name.replace("OA_bite", "OAF_bite") for name in official_names()]
    recognition = reader.recognise(touched(flat))
    assert recognition.root is not None, recognition.reason
    assert len(list(reader.utterances(recognition.root))) == 2800


def test_a_nested_copy_counts_once(tess: Path) -> None:
    shutil.copytree(tess, tess.parent / "copy")
    shutil.move(tess.parent / "copy", tess / tess.name)
    found = [utterance.path for utterance in reader.utterances(tess)]
    assert len(found) == 8
    assert not any(path.startswith("TESS") for path in found)


def test_a_misnamed_file_and_its_repaired_copy_count_once(tess: Path) -> None:
    repaired = tess / "OAF_neutral/OAF_bite_neutral.wav"
    shutil.copy(tess / "OAF_neutral/OA_bite_neutral.wav", repaired)
    assert len(list(reader.utterances(tess))) == 8
    repaired.write_bytes(b"other")
    with pytest.raises(ZooError, match="the same name and different content"):
        list(reader.utterances(tess))


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("OAF_Fear/OAF_dog_angry.wav", "named for OAF and angry but is in OAF_Fear"),
        ("OAF_Fear/YAF_dog_fear.wav", "named for YAF and fear but is in OAF_Fear"),
        ("OAF_Pleasant_surprise/OAF_dog_happy.wav", "named for OAF and happy"),
        ("OAF_Sad/OAF_dog_bored.wav", "unknown emotion 'bored'"),
        ("OAF_Sad/OA_dog_sad.wav", "unknown speaker 'OA'"),
        ("OAF_Sad/dog.wav", "is not a TESS name"),
    ],
)
def test_a_wrong_name_or_folder_is_reported(tess: Path, name: str, what: str) -> None:
    (tess / name).parent.mkdir(exist_ok=True)
    (tess / name).touch()
    with pytest.raises(ZooError) as error:
        list(reader.utterances(tess))
    assert name in error.value.message
    assert what in error.value.message


def test_missing_recordings_are_reported(touched: Make) -> None:
    names = official_names()
    young = reader.recognise(touched([f"young/{name}" for name in names if name.startswith("Y")]) / "young")
    assert "no recordings of OAF" in young.reason
    less = reader.recognise(touched([f"less/{name}" for name in names[1:]]) / "less")
    assert less.root is None
    assert "2799 utterances instead of 2800 (angry 399 of 400)" in less.reason


def test_two_speakers_are_stated_as_a_limit() -> None:
    assert any("two folds" in sentence for sentence in get("tess").limits)
    assert any("confounded" in sentence for sentence in get("tess").limits)
