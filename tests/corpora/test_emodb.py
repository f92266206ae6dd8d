"""EmoDB: names, the listening test, and why a folder is rejected."""

from collections import Counter
from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest

from zoo.corpora import emodb as reader
from zoo.errors import ZooError

Make = Callable[[list[str]], Path]


def official_names() -> list[str]:
    return sorted(reader.PUBLISHED)


# unpublished: fewer listeners agreed on them
AMBIGUOUS = [f"{speaker}{text}Wf" for speaker, text in product(reader.SPEAKERS, reader.TEXTS)]


def test_the_published_takes_are_the_official_counts() -> None:
    assert Counter(reader.EMOTIONS[name[5]] for name in reader.PUBLISHED) == reader.COUNTS
    assert Counter(name[6] for name in reader.PUBLISHED) == {"a": 170, "b": 150, "c": 135, "d": 73, "e": 5, "f": 2}
    per_speaker = Counter(name[:2] for name in reader.PUBLISHED)
    assert [per_speaker[name] for name in reader.SPEAKERS] == [49, 58, 43, 38, 55, 35, 61, 69, 56, 71]


def test_names_and_listening_test_are_read(emodb: Path) -> None:
    found = {utterance.utterance_id: utterance for utterance in reader.utterances(emodb)}
    assert len(found) == 8
    first = found["03a01Fa"]
    assert (first.path, first.speaker_id, first.native_label, first.text_id) == (
        "wav/03a01Fa.wav",
        "03",
        "happiness",
        "a01",
    )
    assert (first.agreement, found["03b10Ec"].agreement, found["16a07Wa"].agreement) == (0.9, 0.8571, 1.0)
    assert found["08b09Lc"].agreement is None
    assert {name[5]: utterance.native_label for name, utterance in found.items()} == reader.EMOTIONS


def test_takes_of_one_speaker_sentence_and_emotion_stay_together(emodb: Path) -> None:
    groups = {utterance.utterance_id: utterance.take_group for utterance in reader.utterances(emodb)}
    assert groups["16b10Tb"] == groups["16b10Td"]
    assert len(set(groups.values())) == 7


def test_sexes_are_those_of_the_authors_table() -> None:
    assert [name for name, speaker in reader.SPEAKERS.items() if speaker.sex == "male"] == [
        "03",
        "10",
        "11",
        "12",
        "15",
    ]


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("03a01Xa.wav", "unknown emotion code 'X'"),
        ("04a01Fa.wav", "unknown speaker code '04'"),
        ("03a03Fa.wav", "unknown text code 'a03'"),
        ("hello.wav", "is not an EmoDB name"),
    ],
)
def test_a_wrong_name_is_reported(emodb: Path, name: str, what: str) -> None:
    (emodb / "wav" / name).touch()
    with pytest.raises(ZooError) as error:
        list(reader.utterances(emodb))
    assert name in error.value.message
    assert what in error.value.message
    assert error.value.hint


@pytest.mark.parametrize("share", ["viele", "865,0", "nan"])
def test_a_broken_line_of_the_listening_test_is_named(emodb: Path, share: str) -> None:
    with (emodb / "erkennung.txt").open("a", encoding="latin-1") as file:
        file.write(f"5\t16b10Td.wav\t{share}\t9\n")
    with pytest.raises(ZooError, match=f"erkennung.txt, line 6: .*{share}"):
        list(reader.utterances(emodb))


@pytest.mark.parametrize("layout", ["wav/{}.wav", "{}.wav", "emodb/wav/{}.wav", "download/emodb/wav/{}.wav"])
def test_official_and_mirrored_layouts_are_recognised(touched: Make, layout: str) -> None:
    folder = touched([layout.format(name) for name in official_names()])
    recognition = reader.recognise(folder)
    assert recognition.root is not None, recognition.reason
    assert len(list(reader.utterances(recognition.root))) == 535


def test_a_partial_corpus_is_rejected_with_what_is_missing(touched: Make) -> None:
    recognition = reader.recognise(touched([f"wav/{name}.wav" for name in official_names() if name[5] != "T"]))
    assert recognition.root is None
    assert "only part of" in recognition.reason
    assert "sadness 0 of 62" in recognition.reason
    assert "anger" not in recognition.reason


@pytest.mark.parametrize("layout", ["wav/{}.wav", "emodb_2.0/wav/{}.wav"])
def test_only_the_takes_of_version_1_are_used_of_version_2(touched: Make, layout: str) -> None:
    folder = touched([layout.format(name) for name in {*official_names(), *AMBIGUOUS}])
    recognition = reader.recognise(folder)
    assert recognition.root is not None, recognition.reason
    assert f"{len(set(AMBIGUOUS) - reader.PUBLISHED)} unpublished takes of EmoDB 2.0 are not used" in recognition.reason
    assert {utterance.utterance_id for utterance in reader.utterances(recognition.root)} == reader.PUBLISHED


def test_an_unpublished_take_does_not_replace_a_missing_one(touched: Make) -> None:
    names = [name.replace("03a01Fa", "03a01Ff") for name in official_names()]
    recognition = reader.recognise(touched([f"wav/{name}.wav" for name in names]))
    assert recognition.root is None
    assert "happiness 70 of 71" in recognition.reason


def test_missing_listeners_judgements_are_reported(emodb: Path) -> None:
    (emodb / "SYNTHETIC.txt").touch()
    (emodb / "wav/SYNTHETIC.txt").touch()
    assert "5 of them without the listeners' judgement (erkennung.txt lacks them)" in reader.recognise(emodb).reason
    assert f"erkennung.txt is outside, in {emodb}" in reader.recognise(emodb / "wav").reason
    (emodb / "wav").rename(emodb / "WAV")
    assert f"erkennung.txt is outside, in {emodb}" in reader.recognise(emodb).reason
    (emodb / "erkennung.txt").unlink()
    assert "without the listeners' judgement (erkennung.txt is missing)" in reader.recognise(emodb).reason


def test_nothing_is_missing_in_a_complete_corpus(touched: Make) -> None:
    folder = touched([f"wav/{name}.wav" for name in official_names()])
    lines = [f"{number}\t{name}.wav\t90,00\t75,00" for number, name in enumerate(official_names())]
    (folder / "erkennung.txt").write_text("\n".join(["Nr.\tSatz\terkannt\tnatuerlich", *lines]), encoding="latin-1")
    assert reader.recognise(folder).reason == f"{reader.TITLE}: 535 utterances"


def test_a_synthetic_stand_in_may_be_small(emodb: Path) -> None:
    assert reader.recognise(emodb).root is None
    (emodb / "SYNTHETIC.txt").touch()
    recognition = reader.recognise(emodb)
    assert recognition.root == emodb
    assert "SYNTHETIC" in recognition.reason


def test_wrong_folders_are_explained(tmp_path: Path, touched: Make) -> None:
    archive = touched(["packed/emodb.zip"]) / "packed"
    for folder, what in (
        (tmp_path / "nowhere", "does not exist"),
        (archive / "emodb.zip", "an archive: unpack it"),
        (archive, "holds emodb.zip unextracted"),
        (touched(["music/song.wav"]) / "music", "holds no EmoDB recordings"),
    ):
        recognition = reader.recognise(folder)
        assert recognition.root is None
        assert what in recognition.reason
    (tmp_path / "void").mkdir()
    assert "is empty" in reader.recognise(tmp_path / "void").reason
