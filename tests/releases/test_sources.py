"""Several catalogues: each stands alone, and what is wrong with one is said once."""

import os
import shutil
from pathlib import Path

import pytest

from zoo.errors import ZooError
from zoo.releases.catalogue import Catalogue
from zoo.releases.publish import publish
from zoo.releases.pull import find, pull
from zoo.releases.sources import read_all

CANDIDATES = Path("derived/mini/zoo")
NOBODY = "http://127.0.0.1:1/models"  # no server has this port


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("mistyped", "mistyped is not a folder"),
        ("empty", "empty has no index.json"),
        ("nosuch://elsewhere", "nosuch://elsewhere"),
        ("memory://nothing-here", "memory://nothing-here has no index.json"),
        (NOBODY, "cannot be reached"),
        ("s3fs://x\x1b[2J", "s3fs://x�[2J"),
    ],
)
def test_what_cannot_be_used_is_one_note_and_the_others_are_used(zoo, released, monkeypatch, address, reason):
    Path("empty").mkdir()
    monkeypatch.setenv("ZOO_CATALOGUES", f"{address},other")
    shutil.copytree("models", "other")
    for words in (("list",), ("pull", "statistics@emodb"), ("pull", "statistics@emodb:0.1.0")):
        result = zoo(*words)
        assert result.exit_code == 0, result.output
        assert "0.1.0" in result.stdout
        notes = [line for line in result.stderr.splitlines() if line.startswith("note: a catalogue is left out: ")]
        assert len(notes) == 1 and reason in notes[0] and "\x1b" not in notes[0]
    missing = zoo("pull", "statistics@emodb:0.7.0")
    assert missing.exit_code == 1 and reason in missing.stderr and "available: 0.1.0" in missing.stderr
    assert reason in zoo("pull", "cnn_lstm@iemocap").stderr
    # a name that no catalogue can have is not looked for in them
    assert reason not in zoo("pull", "Statistics").stderr


def test_publishing_beside_a_broken_catalogue_works(zoo, project, monkeypatch):
    monkeypatch.setenv("ZOO_CATALOGUES", "mistyped")
    result = zoo("publish", "mini")
    assert result.exit_code == 0 and "statistics@emodb:0.1.0" in result.stdout
    assert "mistyped is not a folder" in result.stderr


def test_only_what_may_be_in_a_damaged_catalogue_is_said_to_be(zoo, project, published, monkeypatch):
    shutil.copytree(published, "other")
    index = Path("other/index.json")
    index.write_text(index.read_text(encoding="utf-8").replace('"0.1.0"', f'"{"9" * 5_000}"'), encoding="utf-8")
    monkeypatch.setenv("ZOO_CATALOGUES", "other")
    assert "other/index.json is damaged" in zoo("pull", "statistics@ravdess:0.1.0").stderr
    assert "other" not in zoo("pull", "cnn_lstm@iemocap").stderr
    assert len(zoo("list").stderr) < 600


def test_the_last_copy_of_an_index_serves_while_its_catalogue_cannot_be_reached(project, monkeypatch):
    import fsspec

    address = f"memory://zoo-{os.getpid()}-kept/models"
    publish(CANDIDATES, Catalogue(address))
    monkeypatch.setenv("ZOO_CATALOGUES", address)
    pull("statistics@emodb")

    def broken(*_: object, **__: object) -> bytes:
        raise OSError("no route to host")

    monkeypatch.setattr(fsspec.get_filesystem_class("memory"), "_open", broken)
    again = pull("statistics@emodb")
    assert any("last copy of its index" in note for note in again.notes)
    monkeypatch.setenv("ZOO_CATALOGUES", "memory://elsewhere")
    (problem,) = read_all().problems
    assert "cannot be reached: no route to host" in problem.note
    with pytest.raises(ZooError, match="no route to host"):
        find("statistics@emodb:0.1.0")
