"""What is read as an index: whatever else it is, it is named and takes nothing from what can be used."""

import json
import os
import shutil
from pathlib import Path

import pytest


def test_a_damaged_index_is_named_and_the_rest_can_be_used(zoo, released):
    text = Path("models/index.json").read_text(encoding="utf-8")
    for damaged in (text[:-20], "[]", text.replace('"format": 2', '"format": 7')):
        Path("models/index.json").write_text(damaged, encoding="utf-8")
        _all_say(zoo, "models/index.json is damaged")


def _index_with(change):
    """The text of the index after a change of its first entry."""
    index = json.loads(Path("models/index.json").read_text(encoding="utf-8"))
    change(index, index["releases"][0])
    return json.dumps(index)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda index, entry: index["releases"].append(entry), "'statistics@emodb:0.1.0' is there twice"),
        (lambda index, entry: entry["files"]["card.json"].update(num_bytes=-1), "files.card.json.num_bytes: Input"),
        (lambda index, entry: entry["files"]["card.json"].update(num_bytes=1.5), "files.card.json.num_bytes: Input"),
        (lambda index, entry: entry.update(uar=float("nan")), "releases.0.uar: Input should be a finite number"),
        (lambda index, entry: entry.update(low=-0.5), "releases.0.low: Input should be greater than or equal to 0"),
        (lambda index, entry: entry.update(high="0.9"), "releases.0.high: Input should be a valid number"),
        (lambda index, entry: entry.update(identity="mine"), "releases.0.identity: String"),
        (lambda index, entry: entry.update(version="1" * 5_000), "is not a version"),
        (lambda index, entry: entry.update(version=1), "releases.0.version: Input should be a valid string"),
        (lambda index, entry: entry.update(files=[]), "releases.0.files: Input should be"),
        (lambda index, entry: entry["files"]["card.json"].update(num_bytes=10**300), "num_bytes: Input should be less"),
        (lambda index, entry: entry["files"]["card.json"].update(num_bytes=10**11), "1e+11 bytes, more than the 4e+09"),
        (lambda index, entry: index.update(releases={}), "releases: Input should be a valid"),
    ],
)
def test_an_index_with_odd_content_is_damaged(zoo, released, change, named):
    Path("models/index.json").write_text(_index_with(change), encoding="utf-8")
    _all_say(zoo, named)


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"", "Invalid JSON: EOF"),
        (b"[" * 50_000, "recursion limit"),
        (b'{"format": 2, "releases": ' + b"[" * 5_000 + b"]" * 5_000 + b"}", "recursion limit"),
        (b'{"format": 2, "releases": %s}' % (b"9" * 5_000), "number out of range"),
        (b"\xff\xfe\x00", "Invalid JSON"),
        (b"null", "the file: Input should be"),
        (b" " * 16_000_001, "is larger than the 16000000 bytes"),
    ],
)
def test_a_file_that_is_no_index_is_named(zoo, released, content, named):
    Path("models/index.json").write_bytes(content)
    _all_say(zoo, named)


@pytest.mark.parametrize("kind", ["folder", "pipe"])
def test_what_is_no_file_is_no_index(zoo, project, kind):
    place = Path("models/index.json")
    place.mkdir(parents=True) if kind == "folder" else (place.parent.mkdir(), os.mkfifo(place))
    assert "models/index.json is not a file" in zoo("list").stderr


def test_an_index_with_a_number_of_5000_digits_is_damaged(zoo, released):
    path = Path("models/index.json")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"num_bytes": ', '"num_bytes": ' + "9" * 5_000, 1), encoding="utf-8")
    _all_say(zoo, "number out of range")


def test_an_index_with_a_key_twice_is_damaged(zoo, released):
    path = Path("models/index.json")
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole.replace('"uar":', '"uar": 0.99, "uar":', 1), encoding="utf-8")
    _all_say(zoo, "'uar' is there twice")


def _all_say(zoo, named):
    for words, exit_code in (
        (("list",), 0),  # this clone's candidates
        (("pull", "statistics@emodb"), 0),
        (("pull", "statistics@emodb:0.1.0"), 1),  # which may be in there
        (("publish", "mini"), 1),
    ):
        result = zoo(*words)
        assert result.exit_code == exit_code
        assert result.stderr.count(named) == 1
        assert "git checkout -- models" in result.stderr and len(result.stderr) < 2_000


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"version": "../../../../evil"}, "'../../../../evil' is not a version"),
        ({"version": "candidate"}, "'candidate' is not a version"),
        ({"name": "../../evil@emodb"}, "'../../evil@emodb' is not the name of a model"),
        ({"name": "\x1b[31mred@emodb"}, "'�[31mred@emodb' is not the name of a model"),
        ({"name": "statistics@/evil"}, "'statistics@/evil' is not the name of a model"),
        ({"name": "statistics@emodb:1.0.0"}, "'statistics@emodb:1.0.0' is not the name of a model"),
        ({"file": "../../../evil"}, "'../../../evil' is not the name of a file of a release"),
        ({"file": "/evil"}, "'/evil' is not the name of a file of a release"),
        ({"file": "..\\evil"}, "'..\\evil' is not the name of a file of a release"),
        ({"file": ".evil"}, "'.evil' is not the name of a file of a release"),
        ({"without": "card.json"}, "the files of statistics@emodb:0.1.0 do not include card.json"),
        ({"without": "golden.safetensors"}, "the files of statistics@emodb:0.1.0 do not include golden.safetensors"),
    ],
)
def test_an_index_that_leads_out_of_the_cache_is_rejected(zoo, project, published, monkeypatch, change, named):
    shutil.copytree(published, "foreign")
    path = Path("foreign/index.json")
    index = json.loads(path.read_text(encoding="utf-8"))
    entry = index["releases"][0]
    assert entry["name"] == "statistics@emodb"
    entry |= {key: value for key, value in change.items() if key in entry}
    if "file" in change:
        entry["files"][change["file"]] = entry["files"]["card.json"]
    if "without" in change:
        del entry["files"][change["without"]]
    path.write_text(json.dumps(index), encoding="utf-8")
    monkeypatch.setenv("ZOO_CATALOGUES", "foreign")
    for words in (("pull", "statistics@ravdess"), ("list",)):
        result = zoo(*words)
        assert result.exit_code == 0
        assert result.stderr.count(f"foreign/index.json is damaged: {named}") == 1
    assert not list(project.parent.rglob("*evil*"))
    assert zoo("pull", "statistics@emodb:0.1.0").exit_code == 1
    assert [path.name for path in (project.parent / "cache").iterdir() if "@" in path.name] == ["statistics@ravdess"]
