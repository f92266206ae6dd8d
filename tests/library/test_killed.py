"""A process that is killed while it records a corpus: the guard against silently replaced content is never lost."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from zoo.library import record

OLD, NEW, REPLACED, OTHER = (f"{sign * 32}.dir" for sign in "abcd")
TARGET = Path("data/emodb")


class Killed(BaseException):
    """Not an Exception: what catches errors does not see it."""


def entry(path: str, md5: str, added: str) -> dict[str, Any]:
    return {"path": path, "md5": md5, "size": 1, "nfiles": 1, "hash": "md5", "meta": {"added": added}}


def dvc_writes(temporary: Path, until: str = "") -> None:
    """What DVC does to a temporary file; until: where it is killed."""
    own = {"path": str(TARGET), "md5": NEW, "size": 2, "nfiles": 2, "hash": "md5"}
    text = yaml.safe_dump({"outs": [own]}, sort_keys=False)
    temporary.write_text(text[: text.index(until) + len(until)] if until else text)


@pytest.fixture
def deadly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[int, str], bool]:
    """A record of two corpora, and what adds one of them again, killed at the given step; whether it got so far."""
    (tmp_path / ".dvc/tmp").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    outs = [entry("data/emodb", OLD, OLD), entry("data/tess", OTHER, OTHER)]
    Path("data.dvc").write_text(yaml.safe_dump({"outs": outs}, sort_keys=False))

    def add(at: int, dvc_until: str) -> bool:
        steps = 0

        def or_die(step: Callable[..., Any]) -> Callable[..., Any]:
            def run(*words: Any, **options: Any) -> Any:
                nonlocal steps
                steps += 1
                if steps >= at:  # nor does anything after it happen
                    raise Killed
                return step(*words, **options)

            return run

        def dvc(*words: str) -> None:
            dvc_writes(Path(words[-1]), dvc_until)
            if dvc_until:
                nonlocal steps
                steps = at
                raise Killed

        with monkeypatch.context() as killing:
            killing.setattr(record, "write_text", or_die(record.write_text))
            killing.setattr(record, "_dvc", or_die(dvc))
            killing.setattr(record, "_remove", or_die(record._remove))
            try:
                record.add_folder(TARGET)
            except Killed:
                return True
        return False

    return add


@pytest.mark.parametrize(
    ("at", "dvc_until"), [*((at, "") for at in range(1, 9)), (99, "outs:"), (99, "md5: bbbb"), (99, "size: 2")]
)
def test_what_a_killed_process_leaves_is_completed_with_its_guard(
    deadly: Callable[[int, str], bool], monkeypatch: pytest.MonkeyPatch, at: int, dvc_until: str
) -> None:
    killed = deadly(at, dvc_until)
    assert killed == (at < 8 or bool(dvc_until))
    assert record.paths() == {"data/emodb", "data/tess"}
    assert record.version(TARGET) in (OLD, NEW)
    assert not record.rewritten(TARGET)

    record.repair()
    monkeypatch.setattr(record, "_dvc", lambda *words: dvc_writes(Path(words[-1])))
    assert record.add_folder(TARGET) == NEW
    outs = yaml.safe_load(Path("data.dvc").read_text())["outs"]
    assert outs == [entry("data/emodb", NEW, NEW) | {"size": 2, "nfiles": 2}, entry("data/tess", OTHER, OTHER)]
    assert not [*Path().glob("adding_*"), *Path(".dvc/tmp").glob("*.json")]


def test_content_that_was_replaced_after_a_kill_is_noticed(deadly: Callable[[int, str], bool]) -> None:
    assert deadly(5, "")  # DVC has done its part, and data.dvc does not have it yet
    record.repair()
    text = Path("data.dvc").read_text()
    Path("data.dvc").write_text(text.replace(f"md5: {NEW}", f"md5: {REPLACED}"))  # as `dvc repro` does
    assert record.rewritten(TARGET)
