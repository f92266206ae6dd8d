"""nEMO: a corpus that was added in one file; names are checked against its padded table."""

from collections.abc import Callable
from pathlib import Path

import pytest

from zoo.corpora import nemo as reader
from zoo.errors import ZooError
from zoo.library.manifest import build

NAMES = ("EB0_anger_1", "EB0_neutral_90", "WR0_surprised_7", "MP0_sadness_12")
HEAD = "file_id\temotion\traw_text\tnormalized_text\tspeaker_id\tgender\tage\n"


def row(name: str, speaker: str = "") -> str:
    """A line of the table; its authors pad the speaker with blanks, and their texts have quotation marks."""
    speaker, emotion = speaker or name[:3], name.split("_")[1]
    return f'{name}.wav\t{emotion}\t„Żołwica” to "siostra".\tżołwica to siostra\t        {speaker}\tmale\t23\n'


@pytest.fixture
def nemo(tmp_path: Path, sound: Callable[..., Path]) -> Path:
    for name in NAMES:
        sound(tmp_path / "nEMO/samples" / f"{name}.wav", seconds=0.6, rate_hz=24_000)
    (tmp_path / "nEMO/data.tsv").write_text(HEAD + "".join(map(row, NAMES)), encoding="utf-8")
    return tmp_path / "nEMO"


def test_names_and_table_make_the_manifest(nemo: Path) -> None:
    frame = build("nemo", nemo)
    assert frame.select("utterance_id", "speaker_id", "sex", "age", "native_label", "text_id").rows() == [
        ("EB0_anger_1", "EB0", "female", 27, "anger", "1"),
        ("EB0_neutral_90", "EB0", "female", 27, "neutral", "90"),
        ("MP0_sadness_12", "MP0", "male", 24, "sadness", "12"),
        ("WR0_surprised_7", "WR0", "male", 23, "surprised", "7"),
    ]
    assert set(frame["sampling_rate_hz"]) == {24_000}
    assert set(frame["language"]) == {"pl"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: text.replace("        MP0", "        WR0"), "MP0_sadness_12.wav"),
        (lambda text: text.replace(row("EB0_anger_1"), ""), "EB0_anger_1.wav"),
        (lambda text: text.replace("speaker_id", "who"), "not a table of file_id, emotion and speaker_id"),
    ],
)
def test_a_table_that_contradicts_a_name_is_reported(nemo: Path, change: Callable[[str], str], message: str) -> None:
    table = nemo / "data.tsv"
    table.write_text(change(table.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(ZooError) as error:
        list(reader.utterances(nemo))
    assert message in error.value.message


def test_an_unexpected_file_is_reported(nemo: Path, sound: Callable[..., Path]) -> None:
    sound(nemo / "samples/EB0_joy_1.wav")
    with pytest.raises(ZooError, match=r"EB0_joy_1\.wav is not a nEMO name"):
        list(reader.utterances(nemo))


def test_a_partial_corpus_is_rejected(nemo: Path) -> None:
    assert "only part of nEMO: 4 utterances instead of 4481" in reader.recognise(nemo.parent).reason


def test_samples_without_their_table_are_rejected(nemo: Path) -> None:
    (nemo / "data.tsv").unlink()
    assert reader.recognise(nemo).root is None
