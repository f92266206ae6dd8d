"""A file is either complete or unchanged, whatever goes wrong while it is written."""

import errno
import hashlib

import polars as pl
import pytest

from zoo.errors import ZooError
from zoo.files import whole_file, whole_folder, write_text
from zoo.hashes import sha256_of


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def fail(error):
    raise error


FULL = [
    OSError(errno.ENOSPC, "No space left on device"),
    OSError(errno.EDQUOT, "Disk quota exceeded"),
    OSError("No space left on device (os error 28)"),  # as polars writes a CSV
    pl.exceptions.ComputeError("parquet: underlying IO error: No space left on device (os error 28)"),
]


def test_a_written_file_appears_only_when_complete(tmp_path):
    with whole_file(tmp_path / "new" / "table") as part:
        part.write_text("whole")
        assert not (tmp_path / "new" / "table").exists()
    assert names(tmp_path / "new") == ["table"]


@pytest.mark.parametrize("error", [ValueError("bad row"), KeyboardInterrupt()])
def test_an_error_keeps_the_existing_file_and_leaves_no_temporary_file(tmp_path, error):
    (tmp_path / "table").write_text("former")
    with pytest.raises(type(error)), whole_file(tmp_path / "table") as part:
        part.write_text("hal")
        raise error
    assert (tmp_path / "table").read_text() == "former"
    assert names(tmp_path) == ["table"]


@pytest.mark.parametrize("error", FULL)
def test_a_full_disk_is_reported_in_one_line_by_every_writer(tmp_path, error):
    (tmp_path / "table").write_text("former")
    with pytest.raises(ZooError, match="no space left on the disk") as caught, whole_file(tmp_path / "table") as part:
        part.write_text("hal")
        raise error
    assert str(tmp_path / "table") in caught.value.message
    assert "free some space" in caught.value.hint
    assert (tmp_path / "table").read_text() == "former"
    assert names(tmp_path) == ["table"]


def test_a_full_disk_is_reported_even_if_the_writer_does_not_mention_it(tmp_path, monkeypatch):
    """torch.save fails with a RuntimeError that does not mention the disk."""
    monkeypatch.setattr("zoo.files.shutil.disk_usage", lambda folder: type("Usage", (), {"free": 0}))
    with pytest.raises(ZooError, match="no space left"), whole_file(tmp_path / "checkpoint"):
        raise RuntimeError("[enforce fail at inline_container.cc:672] . unexpected pos 704 vs 598")


def test_other_errors_are_passed_on(tmp_path):
    with pytest.raises(PermissionError), whole_file(tmp_path / "table"):
        fail(PermissionError(errno.EACCES, "Permission denied"))
    with pytest.raises(ZooError, match="the column is empty"), whole_file(tmp_path / "table"):
        fail(ZooError("the column is empty"))


def test_a_folder_replaces_the_existing_one_completely(tmp_path):
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "old").write_text("old")
    with whole_folder(tmp_path / "store") as part:
        (part / "new").write_text("new")
    assert names(tmp_path / "store") == ["new"]
    assert names(tmp_path) == ["store"]


@pytest.mark.parametrize(("error", "seen"), [(ValueError("broken"), ValueError), *[(e, ZooError) for e in FULL]])
def test_an_error_keeps_the_existing_folder(tmp_path, error, seen):
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "old").write_text("old")
    with pytest.raises(seen), whole_folder(tmp_path / "store") as part:
        (part / "new").write_text("new")
        raise error
    assert names(tmp_path / "store") == ["old"]
    assert names(tmp_path) == ["store"]


def test_text_is_written_as_utf8_and_hashed_as_bytes(tmp_path):
    write_text(tmp_path / "text", "Ärger\n")
    assert (tmp_path / "text").read_bytes() == "Ärger\n".encode()
    assert sha256_of(tmp_path / "text") == hashlib.sha256("Ärger\n".encode()).hexdigest()
