"""The embedded corpora: small, the same on every run, and read by the readers of the real ones."""

import hashlib
import re
import wave
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from zoo import corpora, synthetic
from zoo.errors import ZooError

NAMES = ("crema_d", "emodb", "iemocap", "ravdess")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    top = tmp_path_factory.mktemp("synthetic")
    for name in NAMES:
        (top / name).mkdir()
        synthetic.write(name, top / name)
    return top


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_equal_bytes_on_every_run(made: Path, tmp_path: Path) -> None:
    synthetic.write("ravdess", tmp_path)
    assert digests(tmp_path) == digests(made / "ravdess")


def test_all_are_small(made: Path) -> None:
    sizes = [sum(path.stat().st_size for path in (made / name).rglob("*") if path.is_file()) for name in NAMES]
    assert max(sizes) <= 9e6


@pytest.mark.parametrize("name", NAMES)
def test_readers_recognise_it_as_synthetic(made: Path, name: str) -> None:
    recognition = corpora.get(name).recognise(made / name)
    assert recognition.root == made / name
    assert "SYNTHETIC" in recognition.reason
    assert (made / name / "SYNTHETIC.txt").read_text().startswith("SYNTHETIC")


@pytest.mark.parametrize("name", NAMES)
def test_readers_find_every_file_ten_speakers_and_all_labels(made: Path, name: str) -> None:
    corpus = corpora.get(name)
    utterances = list(corpus.utterances(made / name))
    assert {made / name / one.path for one in utterances} == set((made / name).rglob("*.wav"))
    assert 90 <= len(utterances) <= 130
    assert {vote.source for one in utterances for vote in one.votes} <= set(corpus.votes)
    assert any(one.votes for one in utterances) == bool(corpus.votes)
    assert any(one.valence is not None for one in utterances) == bool(corpus.rating_scale)
    labels = defaultdict(set)
    for one in utterances:
        labels[one.speaker_id].add(one.native_label)
    assert len(labels) == 10
    assert set(labels) <= set(corpus.speakers)
    assert set().union(*labels.values()) == set(corpus.native_labels)
    common = {"ang", "hap", "exc", "sad", "neu", "fru", "xxx"} if name == "iemocap" else set(corpus.native_labels)
    assert all(common <= found for found in labels.values())


@pytest.mark.parametrize("name", NAMES)
def test_utterances_are_short_mono_16_bit_and_neither_silent_nor_clipped(made: Path, name: str) -> None:
    import numpy as np

    for path in (made / name).rglob("*.wav"):
        with wave.open(str(path)) as file:
            assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 16_000)
            assert 1.3 <= file.getnframes() / 16_000 <= 2.6
            samples = np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768
        assert np.sqrt(np.mean(samples**2)) > 10 ** (-55 / 20), path
        assert (np.abs(samples) > 0.999).sum() < 5, path


def test_no_two_utterances_are_identical(made: Path) -> None:
    sounds = Counter(hashlib.sha256(path.read_bytes()).hexdigest() for path in made.rglob("*.wav"))
    assert set(sounds.values()) == {1}


def test_emodb_has_a_second_version_of_a_take_and_percentages_with_a_comma(made: Path) -> None:
    utterances = list(corpora.get("emodb").utterances(made / "emodb"))
    assert max(Counter(one.take_group for one in utterances).values()) == 2
    assert all(one.agreement is not None and 0.8 <= one.agreement <= 1 for one in utterances)
    listening = (made / "emodb" / "erkennung.txt").read_bytes()
    assert b"\xa0" in listening
    assert re.search(rb"\t\d+,00", listening)


def test_the_letter_of_an_iemocap_dialogue_is_not_its_speaker(made: Path) -> None:
    utterances = list(corpora.get("iemocap").utterances(made / "iemocap"))
    speakers = defaultdict(set)
    for one in utterances:
        speakers[one.path.split("/")[-2]].add(one.speaker_id)
    assert all(len(both) == 2 for both in speakers.values())


def test_the_ratings_of_iemocap_agree_with_its_labels(made: Path) -> None:
    utterances = list(corpora.get("iemocap").utterances(made / "iemocap"))
    valence = defaultdict(list)
    for one in utterances:
        valence[one.native_label].append(one.valence)
    assert max(valence["ang"]) < min(valence["hap"] + valence["exc"])


def test_ravdess_has_repetitions_and_neutral_only_at_normal_intensity(made: Path) -> None:
    utterances = list(corpora.get("ravdess").utterances(made / "ravdess"))
    assert {one.intensity for one in utterances} == {"normal", "strong"}
    assert {one.intensity for one in utterances if one.native_label == "neutral"} == {"normal"}
    assert max(Counter(one.take_group for one in utterances).values()) == 2


def test_a_corpus_without_a_synthetic_version_is_rejected(tmp_path: Path) -> None:
    with pytest.raises(ZooError, match="unknown synthetic corpus 'emodv'") as caught:
        synthetic.write("emodv", tmp_path)
    assert "emodb" in caught.value.hint


def test_crema_d_is_heard_as_listeners_voted_and_often_not_as_intended(made: Path) -> None:
    """As in the real tables: by voice, most clips that are not neutral have no majority for the intended emotion."""
    utterances = list(corpora.get("crema_d").utterances(made / "crema_d"))
    heard = defaultdict(Counter)
    for one in utterances:
        by_voice = {vote.label: vote.count for vote in one.votes if vote.source == "voice"}
        assert 8 <= sum(by_voice.values()) <= 11
        heard[one.native_label][max(by_voice, key=lambda label: by_voice[label]) == one.native_label] += 1
    assert heard["NEU"][True] >= 18 and all(heard[label][False] >= 5 for label in ("DIS", "HAP", "SAD"))
    assert {vote.source for one in utterances for vote in one.votes} == {"voice", "both"}
