"""A cache that cannot be written: shipped models are used where they are, others name what to set."""

import errno
from collections.abc import Callable
from pathlib import Path

import pytest

from zoo.releases import fetch as fetching
from zoo.releases.cache import note_that_it_answers
from zoo.releases.card import read
from zoo.releases.pull import pull

MODEL = "statistics@emodb"
ERRORS = {
    "read-only": OSError(errno.EROFS, "Read-only file system"),
    "forbidden": PermissionError(errno.EACCES, "Permission denied"),
    "full": OSError(errno.ENOSPC, "No space left on device"),
}


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, in no project, with an empty cache."""
    monkeypatch.setenv("ZOO_CACHE", str(tmp_path / "cache"))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path


def failing(error: Exception) -> Callable[..., None]:
    def fill(*_: object) -> None:
        raise error

    return fill


@pytest.mark.parametrize("error", ERRORS.values(), ids=ERRORS)
def test_a_shipped_model_is_used_in_place(nowhere: Path, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    monkeypatch.setattr(fetching, "_fill", failing(error))
    found = pull(MODEL)
    assert found.folder.is_relative_to(Path(fetching.__file__).parents[2] / "models")
    assert "cannot be written" in found.notes[0] and "in place" in found.notes[0]


def test_a_cache_that_is_a_file_is_as_one_that_cannot_be_written(nowhere: Path) -> None:
    (nowhere / "cache").write_text("a file")
    found = pull(MODEL)
    assert "Not a directory" in found.notes[0]
    note_that_it_answers(read(found.folder / "card.json"), None)  # nor does this fail
    assert (nowhere / "cache").read_text() == "a file"
