"""Checkpoints by name, revision or folder, and the memory that they take."""

import logging
import shutil

import pytest
from fixtures import checkpoints

from zoo import encoders
from zoo.encoders import checkpoint, find, memory
from zoo.encoders.checkpoint import VARIABLE
from zoo.errors import WRONG_USAGE, ZooError

pytest.importorskip("transformers")
COMMIT = "0123456789abcdef0123456789abcdef01234567"


def test_names_of_the_hub_are_looked_up_in_a_folder_first(tmp_path, monkeypatch):
    shutil.copytree(checkpoints.tiny(), tmp_path / "someone--tiny")
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    assert find("someone/tiny").folder == tmp_path / "someone--tiny"
    monkeypatch.setenv(VARIABLE, str(tmp_path / "absent"))
    with pytest.raises(ZooError, match="which is not a folder"):
        find("someone/tiny")


def test_without_a_revision_nothing_is_brought_from_the_hub(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    with pytest.raises(ZooError, match="no revision is stated") as caught:
        find("someone/tiny")
    assert caught.value.exit_code == WRONG_USAGE


@pytest.mark.parametrize("name", ["/nowhere/encoder", "./encoder", "~/no/encoder"])
def test_a_folder_that_is_not_there_is_no_name_of_the_hub(name):
    with pytest.raises(ZooError, match="there is no folder"):
        find(name, COMMIT)


def test_what_the_hub_answers_is_one_message(monkeypatch):
    import httpx2
    import huggingface_hub as hub

    monkeypatch.delenv(VARIABLE, raising=False)
    answer = httpx2.Response(404, request=httpx2.Request("GET", "https://example.org"))
    monkeypatch.setattr(checkpoint, "_UNREACHED", {})
    for error, message in [
        (hub.errors.RevisionNotFoundError("no", response=answer), f"has no revision {COMMIT}"),
        (hub.errors.RepositoryNotFoundError("no", response=answer), "there is no someone/tiny on the hub"),
        (httpx2.ConnectError("no route"), "cannot be brought: no route"),
    ]:
        asked = unreached(monkeypatch, error)
        with pytest.raises(ZooError, match=message):
            find("someone/tiny", COMMIT)
        assert asked.pop() <= 5  # seconds to wait for an answer
    with pytest.raises(ZooError, match="cannot be brought: no route"):
        find("someone/tiny", COMMIT)
    assert not asked


def unreached(monkeypatch, error):
    """A hub that answers with an error, and of which nothing is on this machine. Returns the timeouts of requests."""
    import huggingface_hub as hub

    asked = []

    def brought(*_, local_files_only=False, **__):
        assert local_files_only, "a download of which the hub has not said that it is there"
        raise hub.errors.LocalEntryNotFoundError("not here")

    def answered(*_, timeout, **__):
        asked.append(timeout)
        raise error

    monkeypatch.setattr(hub, "snapshot_download", brought)
    monkeypatch.setattr(hub.HfApi, "model_info", answered)
    return asked


def test_a_checkpoint_from_the_hub_is_that_of_its_revision(monkeypatch):
    import huggingface_hub as hub

    asked = {}
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setattr(hub, "snapshot_download", lambda name, **given: asked.update(given) or checkpoints.tiny())
    found = find("someone/tiny", COMMIT)
    assert asked["revision"] == COMMIT and not any("bin" in one for one in asked["allow_patterns"])
    num_bytes = sum(path.stat().st_size for path in found.weights)
    assert encoders.base_of(found) == {
        "name": "someone/tiny",
        "revision": COMMIT,
        "sha256": encoders.sha256_of(found),
        "num_bytes": num_bytes,
        "licence": None,
    }


@pytest.mark.parametrize("revision", ["deadbeef", "main", "v1.0", "", COMMIT.upper(), f"{COMMIT}0"])
def test_a_revision_is_a_commit_even_where_the_folder_is_there(revision, tmp_path, monkeypatch):
    shutil.copytree(checkpoints.tiny(), tmp_path / "someone--tiny")
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    assert find("someone/tiny", COMMIT).revision == COMMIT
    with pytest.raises(ZooError, match=f"the revision '{revision}' of someone/tiny is no commit") as caught:
        find("someone/tiny", revision)
    assert caught.value.exit_code == WRONG_USAGE


@pytest.mark.parametrize("name", ["", " ", ".", "./", "..", "../.."])
def test_the_folder_of_all_checkpoints_is_none(name, tmp_path, monkeypatch):
    shutil.copytree(checkpoints.tiny(), tmp_path, dirs_exist_ok=True)
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ZooError, match="names no checkpoint") as caught:
        find(name)
    assert caught.value.exit_code == WRONG_USAGE


def test_what_the_library_of_the_hub_logs_of_its_tries_is_not_shown(monkeypatch, caplog):
    import huggingface_hub as hub

    def retried(*_, **__):
        logging.getLogger("huggingface_hub.utils._http").warning("Retrying in 1s [Retry 1/5].")
        raise OSError("no route")

    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setattr(checkpoint, "_UNREACHED", {})
    monkeypatch.setattr(hub, "snapshot_download", retried)
    before = logging.getLogger("huggingface_hub").level
    with pytest.raises(ZooError, match="cannot be brought: no route"):
        find("someone/tiny", COMMIT)
    assert not caplog.records and logging.getLogger("huggingface_hub").level == before


def test_a_container_has_no_more_memory_than_is_left_of_its_limit(tmp_path, monkeypatch):
    monkeypatch.setattr(memory, "GROUP", tmp_path)
    free = memory.available()
    assert free > 0
    for limit, used, files, left in ((1000, 300, 0, 700), (1000, 900, 200, 300), (1000, 1200, 0, 0)):
        (tmp_path / "memory.max").write_text(f"{limit}\n")
        (tmp_path / "memory.current").write_text(f"{used}\n")
        (tmp_path / "memory.stat").write_text(f"anon {used}\nactive_file {files // 2}\ninactive_file {files // 2}\n")
        assert memory.available() == left
    (tmp_path / "memory.max").write_text("max\n")
    assert memory.available() > 1000
