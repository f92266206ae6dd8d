"""The record of the corpora: data.dvc, with one entry per corpus.

DVC creates an entry in a temporary `.dvc` file, which is then merged into data.dvc: DVC refuses to update data.dvc
while another corpus that it lists is missing, and the entry of that corpus must be kept.

`dvc repro` accepts whatever it finds in a folder as its new content. The hash of what was added is kept in the entry's
`meta`, which DVC does not change.

A process may be killed at any moment. The order is: the previous entry is put aside, the temporary file is written,
data.dvc loses the entry (DVC rejects two files with the same output), DVC completes the temporary file, data.dvc gets
the new entry with its `meta`, the temporary file and the previous entry are removed. Whoever reads the record next
takes an entry that data.dvc lacks from the temporary file if DVC completed it, and otherwise the previous one.
"""

import configparser
import json
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from zoo.errors import ZooError
from zoo.files import write_text
from zoo.locks import locked
from zoo.terminal import busy

RECORD = Path("data.dvc")
_DVC = Path(".dvc")
_LOCKS = _DVC / "tmp"  # ignored by git; DVC keeps its own locks there
_LOCK = _LOCKS / "zoo.lock"
_TEMPORARY = "adding_{}.dvc"
_PREVIOUS = "zoo.{}.previous.json"  # in _LOCKS
_WAITING = f"another zoo process is recording a corpus in {RECORD}; waiting for it"


def lock_of(name: str, work: str) -> Path:
    """The lock file of a corpus for a kind of work, such as `files` or `fetch`."""
    return _LOCKS / f"zoo.{name}.{work}.lock"


def paths() -> set[str]:
    """The recorded folders, such as data/emodb. Raises ZooError when data.dvc is damaged."""
    return {str(entry["path"]) for entry in _read()}


def version(target: Path) -> str | None:
    """DVC's hash of the folder's recorded content; None where it is not recorded."""
    return (_entry(target) or {}).get("md5")


def changed(target: Path) -> bool:
    """Whether a recorded folder has changed since it was added, judged by its number of files and bytes."""
    if (entry := _entry(target)) is None:
        return False
    if rewritten(target):
        return True
    sizes = [path.stat().st_size for path in target.rglob("*") if path.is_file()]
    found = {"nfiles": len(sizes), "size": sum(sizes)}
    return any(entry.get(key, number) != number for key, number in found.items())


def rewritten(target: Path) -> bool:
    """Whether DVC has since recorded other content than what was added."""
    entry = _entry(target)
    return entry is not None and _added_hash(entry) != entry.get("md5")


def added_files(target: Path) -> dict[str, str] | None:
    """The files that were added, relative to the folder, with their md5; None where DVC's cache has no list of them."""
    if (entry := _entry(target)) is None or (hashed := _added_hash(entry)) is None:
        return None
    path = _cache() / "files" / "md5" / hashed[:2] / hashed[2:]
    try:
        return {str(file["relpath"]): str(file["md5"]) for file in json.loads(path.read_text(encoding="utf-8"))}
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _entry(target: Path) -> dict[str, Any] | None:
    return next((entry for entry in _read() if entry["path"] == target.as_posix()), None)


def _added_hash(entry: dict[str, Any]) -> str | None:
    """DVC's hash of what was added, or of what is recorded if the entry does not state the former."""
    meta = entry.get("meta")
    return (meta.get("added") if isinstance(meta, dict) else None) or entry.get("md5")


def without_git() -> bool:
    """Whether DVC is set up to do without git."""
    return _settings().get("core", "no_scm", fallback="").lower() == "true"


def _cache() -> Path:
    """DVC's cache folder: .dvc/cache, or as configured."""
    return _DVC / _settings().get("cache", "dir", fallback="cache")


def _settings() -> configparser.ConfigParser:
    """DVC's configuration; what cannot be read is left to DVC to report."""
    settings = configparser.ConfigParser(interpolation=None)
    with suppress(configparser.Error, UnicodeDecodeError):
        settings.read([_DVC / "config", _DVC / "config.local"], encoding="utf-8")
    return settings


def remove_folder(target: Path) -> None:
    """Remove a folder's entry."""
    with locked(_LOCK, _WAITING):
        _write(_others(target))
        _remove_temporary_files()


def add_folder(target: Path) -> str | None:
    """Let DVC add the folder to its cache, and record it; returns its hash. Other entries are unchanged.

    Raises ZooError when another DVC is running, the disk is full, or DVC fails otherwise; the record is then unchanged.
    """
    with locked(_LOCK, _WAITING):
        return _add_folder(target)


def repair() -> None:
    """Repair the record after a process was killed while it recorded a corpus."""
    if any(_temporary_files()):
        with locked(_LOCK, _WAITING):
            _write(_read())
            _remove_temporary_files()


def _add_folder(target: Path) -> str | None:
    import yaml

    temporary = Path(_TEMPORARY.format(target.name))
    write_text(_LOCKS / _PREVIOUS.format(target.name), json.dumps(_entry(target)))
    write_text(temporary, yaml.safe_dump({"outs": [{"path": target.as_posix()}]}))
    try:
        _write(_others(target))
        _dvc("commit", "-f", temporary.name)
    finally:
        # read again: another corpus may have been recorded while DVC was running
        found = _pending(temporary)
        _write([*_others(target), *([found] if found else [])])
        _remove_temporary_files()
    return found["md5"] if found else None


def _others(target: Path) -> list[dict[str, Any]]:
    return [entry for entry in _read() if entry["path"] != target.as_posix()]


def _temporary_files() -> list[Path]:
    return sorted(Path().glob(_TEMPORARY.format("*")))


def _remove_temporary_files() -> None:
    for path in [*_temporary_files(), *_LOCKS.glob(_PREVIOUS.format("*"))]:
        _remove(path)


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)


def _read() -> list[dict[str, Any]]:
    """The entries of data.dvc, and those of temporary files that data.dvc lacks."""
    found = _outs(RECORD) if RECORD.is_file() else []
    known = {entry["path"] for entry in found}
    pending = filter(None, map(_pending, _temporary_files()))
    return [*found, *(entry for entry in pending if entry["path"] not in known)]


def _pending(temporary: Path) -> dict[str, Any] | None:
    """The entry that a temporary file stands for: what DVC completed it to, else the one before it; None if none."""
    try:
        (entry,) = _outs(temporary)
        if str(entry.get("md5")).endswith(".dir") and "hash" in entry:  # the last line that DVC writes
            return entry | {"meta": {"added": entry["md5"]}}
    except (ZooError, OSError, ValueError):  # cut off because its process was killed, or just removed
        pass
    name = temporary.stem.removeprefix("adding_")
    try:
        previous = json.loads((_LOCKS / _PREVIOUS.format(name)).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return previous if isinstance(previous, dict) and "path" in previous else None


def _outs(path: Path) -> list[dict[str, Any]]:
    import yaml

    again = f"restore it: git checkout {path}"
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ZooError(f"{path} is damaged", again) from error
    outs = content.get("outs") if isinstance(content, dict) else None
    if not isinstance(outs, list) or not all(isinstance(entry, dict) and "path" in entry for entry in outs):
        raise ZooError(f"{path} is damaged: 'outs' is not a list of paths", again)
    return outs


def _write(outs: Iterable[dict[str, Any]]) -> None:
    import yaml

    content = yaml.safe_load(RECORD.read_text(encoding="utf-8"))
    content["outs"] = sorted(outs, key=lambda entry: str(entry["path"]))
    write_text(RECORD, yaml.safe_dump(content, sort_keys=False))


def _dvc(*words: str) -> None:
    """Run DVC. Raises ZooError where it fails."""
    command = [sys.executable, "-m", "dvc", *words]
    with busy("DVC is recording the corpus"):
        done = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", check=False)
    if done.returncode == 0:
        return
    output = " ".join((done.stderr or done.stdout).split())
    if "acquire lock" in output or "is busy" in output:
        raise ZooError("another dvc is running in this project", "wait for it to end, then run this again")
    if "No space left" in output or "Errno 28" in output:
        raise ZooError("no space left on the disk for DVC's cache", "free some space and run it again")
    raise ZooError(f"dvc {words[0]} failed: {output[-300:]}", "the corpus is copied; run this again to record it")
