"""RAVDESS: names, folders, mirrors with copies, and why a folder is rejected."""

import shutil
from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest

from zoo.corpora import ravdess as reader
from zoo.errors import ZooError

Make = Callable[[list[str]], Path]


def official_names() -> list[str]:
    parts = product(reader.EMOTIONS, reader.INTENSITIES, reader.STATEMENTS, ("01", "02"), reader.SPEAKERS)
    return [
        f"Actor_{actor}/03-01-{emotion}-{intensity}-{statement}-{repetition}-{actor}.wav"
        for emotion, intensity, statement, repetition, actor in parts
        if (emotion, intensity) != ("01", "02")
    ]


def test_names_are_read(ravdess: Path) -> None:
    found = {utterance.utterance_id: utterance for utterance in reader.utterances(ravdess)}
    assert len(found) == 5
    angry = found["03-01-05-02-02-01-01"]
    assert (angry.path, angry.speaker_id, angry.native_label, angry.intensity, angry.text_id) == (
        "Actor_01/03-01-05-02-02-01-01.wav",
        "01",
        "angry",
        "strong",
        "dogs",
    )
    assert found["03-01-02-01-01-01-24"].native_label == "calm"
    assert (reader.SPEAKERS["01"].sex, reader.SPEAKERS["24"].sex) == ("male", "female")


def test_both_repetitions_stay_together(ravdess: Path) -> None:
    groups = {utterance.utterance_id: utterance.take_group for utterance in reader.utterances(ravdess)}
    assert groups["03-01-05-02-02-01-01"] == groups["03-01-05-02-02-02-01"]
    assert len(set(groups.values())) == 4


def test_songs_and_the_sound_of_videos_are_skipped(ravdess: Path) -> None:
    for name in ("03-02-05-01-01-01-01", "01-01-05-02-02-01-01"):
        shutil.copy(ravdess / "Actor_01" / "03-01-01-01-01-01-01.wav", ravdess / "Actor_01" / f"{name}.wav")
    assert len(list(reader.utterances(ravdess))) == 5


def test_a_nested_copy_counts_once_and_the_shallowest_is_kept(ravdess: Path) -> None:
    shutil.copytree(ravdess, ravdess.parent / "copy")
    shutil.move(ravdess.parent / "copy", ravdess / "audio_speech_actors_01-24")
    found = [utterance.path for utterance in reader.utterances(ravdess)]
    assert len(found) == 5
    assert all(path.startswith("Actor_") for path in found)


def test_files_with_one_name_and_different_content_are_an_error(ravdess: Path) -> None:
    nested = ravdess / "again" / "Actor_01"
    nested.mkdir(parents=True)
    (nested / "03-01-01-01-01-01-01.wav").write_bytes(b"other")
    with pytest.raises(ZooError, match="the same name and different content"):
        list(reader.utterances(ravdess))


def test_folder_and_file_must_name_the_same_actor(ravdess: Path) -> None:
    (ravdess / "Actor_01" / "03-01-01-01-01-01-01.wav").rename(ravdess / "Actor_24" / "03-01-01-01-01-01-01.wav")
    with pytest.raises(ZooError, match=r"03-01-01-01-01-01-01.wav is named for actor 01 but is in Actor_24"):
        list(reader.utterances(ravdess))


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("03-01-09-01-01-01-01.wav", "unknown emotion code '09'"),
        ("03-01-02-01-01-01-25.wav", "unknown actor code '25'"),
        ("03-01-02-01-01-01-01 (2).wav", "is not a RAVDESS name"),
    ],
)
def test_a_wrong_name_is_reported(ravdess: Path, name: str, what: str) -> None:
    (ravdess / "Actor_01" / name).touch()
    with pytest.raises(ZooError) as error:
        list(reader.utterances(ravdess))
    assert name in error.value.message
    assert what in error.value.message


@pytest.mark.parametrize("above", ["", "Audio_Speech_Actors_01-24/", "Audio/"])
def test_official_and_mirrored_layouts_are_recognised(touched: Make, above: str) -> None:
    recognition = reader.recognise(touched([above + name for name in official_names()]))
    assert recognition.root is not None, recognition.reason
    assert len(list(reader.utterances(recognition.root))) == 1440


def test_speech_is_found_beside_the_songs(touched: Make) -> None:
    speech = [f"Audio_Speech_Actors_01-24/{name}" for name in official_names()]
    songs = [f"Audio_Song_Actors_01-24/{name.replace('/03-01', '/03-02')}" for name in official_names()[:24]]
    folder = touched(speech + songs)
    assert reader.recognise(folder).root == folder / "Audio_Speech_Actors_01-24"


def test_missing_recordings_are_reported(touched: Make) -> None:
    half = reader.recognise(touched([name for name in official_names() if not name.startswith("Actor_2")]))
    assert half.root is None
    assert "5 of 24 actors are missing (Actor_20, Actor_21" in half.reason


def test_missing_files_are_counted_by_emotion(touched: Make) -> None:
    recognition = reader.recognise(touched(official_names()[1:]))
    assert recognition.root is None
    assert "1439 utterances instead of 1440 (neutral 95 of 96)" in recognition.reason


def test_wrong_folders_are_explained(touched: Make) -> None:
    names = ("songs/Actor_01/03-02-01-01-01-01-01", "one/Actor_01/03-01-01-01-01-01-01")
    folder = touched([f"{name}.wav" for name in (*names, "clips/Actor_01/01-01-01-01-01-01-01")])
    assert "the same takes as the audio-only files" in reader.recognise(folder / "clips").reason
    assert "songs of RAVDESS" in reader.recognise(folder / "songs").reason
    assert "one actor's recordings" in reader.recognise(folder / "one" / "Actor_01").reason
