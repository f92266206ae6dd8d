"""What cannot be labelled speech is an error that names it."""

from pathlib import Path

import pytest

from zoo.errors import ZooError
from zoo.evaluation.foreign import read
from zoo.scoring.labelled import find

HEAD = "path,label,speaker\n"
LONG = "a" * 5000


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (HEAD + f"{LONG},anger,03\n", "line 2: aaa"),
        (HEAD + "a\0b.wav,anger,03\n", "data.csv is not text"),
        (HEAD + "folder,anger,03\n", "line 2: folder is not a file"),
        (HEAD + f"{'a' * 200_000},anger,03\n", "line 2: aaa"),
    ],
)
def test_a_table_of_what_is_no_audio_is_refused(tmp_path, content, message):
    (tmp_path / "folder").mkdir()
    (tmp_path / "data.csv").write_text(content)
    with pytest.raises(ZooError, match=message) as caught:
        find(str(tmp_path / "data.csv"))
    assert caught.value.hint and len(caught.value.message) < 400


def test_one_speaker_written_in_several_ways_is_one(tmp_path):
    for place in range(3):
        (tmp_path / f"{place}.wav").write_bytes(b"")
    (tmp_path / "data.csv").write_text(HEAD + "0.wav,anger,spk_01\n1.wav,anger,SPK1\n2.wav,anger,spk11\n")
    found = find(str(tmp_path / "data.csv"))
    assert [row.speaker for row in found.rows] == ["spk_01", "spk_01", "spk11"]
    assert "several ways: SPK1 is spk_01" in found.notes[0]


@pytest.mark.parametrize("name", [LONG, f"{LONG}.csv", "a\0", "a\0.csv", "", ".", "folder.csv", "folder"])
@pytest.mark.parametrize("asked", [find, lambda name: read(Path(name))], ids=["find", "read"])
def test_what_holds_no_table_is_refused(tmp_path, monkeypatch, asked, name):
    monkeypatch.chdir(tmp_path)
    for folder in ("folder.csv", "folder"):
        Path(folder).mkdir()
    with pytest.raises(ZooError) as caught:
        asked(name)
    assert caught.value.hint and len(caught.value.message) < 300 and "\0" not in caught.value.message
    assert "folder" not in caught.value.hint.replace("the folder of", "")


def test_json_that_is_nested_without_end_is_refused(tmp_path):
    (tmp_path / "deep.json").write_text("[" * 200_000)
    with pytest.raises(ZooError, match="is neither JSON nor JSON lines"):
        read(tmp_path / "deep.json")
