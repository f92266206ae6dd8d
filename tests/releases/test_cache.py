"""A cache that cannot be written: shipped models are used where they are, others name what to set."""

import errno
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from zoo.errors import ZooError
from zoo.releases import pull as pulling
from zoo.releases.cache import note_that_it_answers
from zoo.releases.card import read
from zoo.releases.catalogue import Catalogue
from zoo.releases.pull import pull

MODEL = "statistics@emodb"
READ_ONLY = OSError(errno.EROFS, "Read-only file system")
FORBIDDEN = PermissionError(errno.EACCES, "Permission denied")
FULL = ZooError("no space left on the disk while writing it")
FULL.__cause__ = OSError(errno.ENOSPC, "No space left on device")


def failing(error: Exception) -> Callable[[Path], object]:
    @contextmanager
    def whole_file(path: Path) -> Iterator[Path]:
        yield path.with_name("never")
        raise error

    return whole_file


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, in no project, with an empty cache."""
    monkeypatch.setenv("ZOO_CACHE", str(tmp_path / "cache"))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path


@pytest.mark.parametrize("error", [READ_ONLY, FORBIDDEN, FULL], ids=["read-only", "forbidden", "full"])
def test_a_shipped_model_is_used_in_place(nowhere: Path, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    monkeypatch.setattr(pulling, "whole_file", failing(error))
    monkeypatch.setattr(Catalogue, "copy", lambda self, relative, target: sha256(self, relative))
    found = pull(MODEL)
    assert found.folder.is_relative_to(Path(pulling.__file__).parents[2] / "models")
    assert "cannot be written" in found.notes[0] and "in place" in found.notes[0]


def sha256(catalogue: Catalogue, relative: str) -> str:
    from zoo.hashes import sha256_of

    assert catalogue.local is not None
    return sha256_of(catalogue.local / relative)


def test_a_cache_that_is_a_file_is_as_one_that_cannot_be_written(nowhere: Path) -> None:
    (nowhere / "cache").write_text("a file")
    found = pull(MODEL)
    assert "Not a directory" in found.notes[0]
    note_that_it_answers(read(found.folder / "card.json"), None)  # nor does this fail
    assert (nowhere / "cache").read_text() == "a file"


def test_a_model_from_elsewhere_says_what_to_set(nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulling, "whole_file", failing(READ_ONLY))
    monkeypatch.setattr(pulling, "_in_place", lambda found: None)
    monkeypatch.setattr(Catalogue, "copy", lambda self, relative, target: sha256(self, relative))
    with pytest.raises(ZooError, match="cache cannot be written: Read-only file system") as error:
        pull(MODEL)
    assert "ZOO_CACHE" in error.value.hint
