"""The record of the corpora: data.dvc, with an entry of its own for each.

An entry is made by DVC from a `.dvc` file of its own and then merged into data.dvc: DVC would refuse to complete
data.dvc while another corpus that it lists is absent, and must not forget that one. While DVC is at work the former
entry stands in that file, and counts, so that nothing is forgotten if the process is killed.

`dvc repro` takes whatever it finds in a folder for its new content. What was added stands in the entry's `meta`, which
DVC leaves alone.
"""

import configparser
import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from zoo.errors import ZooError
from zoo.files import write_text
from zoo.locks import locked

RECORD = Path("data.dvc")
_DVC = Path(".dvc")
_LOCKS = _DVC / "tmp"  # git ignores it, and DVC has its own locks there
_LOCK = _LOCKS / "zoo.lock"
_SINGLE = "adding_{}.dvc"
_WAITING = f"another zoo is recording a corpus in {RECORD}; waiting for it"


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
    """Whether a recorded folder is not as it was added, as far as its number of files and their bytes tell."""
    if (entry := _entry(target)) is None:
        return False
    if rewritten(target):
        return True
    sizes = [path.stat().st_size for path in target.rglob("*") if path.is_file()]
    here = {"nfiles": len(sizes), "size": sum(sizes)}
    return any(entry.get(key, number) != number for key, number in here.items())


def rewritten(target: Path) -> bool:
    """Whether what is recorded is not what was added: DVC has since taken other content for it."""
    entry = _entry(target)
    return entry is not None and _added(entry) != entry.get("md5")


def listing(target: Path) -> dict[str, str] | None:
    """The files that were added, relative to the folder, and the md5 of each; None where DVC's cache has no list."""
    if (entry := _entry(target)) is None or (hashed := _added(entry)) is None:
        return None
    path = _cache() / "files" / "md5" / hashed[:2] / hashed[2:]
    try:
        return {str(file["relpath"]): str(file["md5"]) for file in json.loads(path.read_text(encoding="utf-8"))}
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _entry(target: Path) -> dict[str, Any] | None:
    return next((entry for entry in _read() if entry["path"] == target.as_posix()), None)


def _added(entry: dict[str, Any]) -> str | None:
    """DVC's hash of what was added; of what is recorded in an entry that does not tell."""
    meta = entry.get("meta")
    return (meta.get("added") if isinstance(meta, dict) else None) or entry.get("md5")


def _cache() -> Path:
    """DVC's cache: in .dvc, or where its settings say."""
    settings = configparser.ConfigParser(interpolation=None)
    try:
        settings.read([_DVC / "config", _DVC / "config.local"])
    except configparser.Error:
        return _DVC / "cache"
    return _DVC / settings.get("cache", "dir", fallback="cache")


def drop(target: Path) -> None:
    """Take a folder's entry out."""
    with locked(_LOCK, _WAITING):
        _write(_others(target))
        _clear()


def put(target: Path) -> str | None:
    """Let DVC take the folder into its cache and record what is in it; its hash. Other entries stay as they are.

    Raises ZooError when another DVC is at work, the disk is full, or DVC fails otherwise; the record is then as before.
    """
    with locked(_LOCK, _WAITING):
        return _put(target)


def mend() -> None:
    """Complete the record where a process was killed while it recorded a corpus."""
    if any(_singles()):
        with locked(_LOCK, _WAITING):
            _write(_read())
            _clear()


def _put(target: Path) -> str | None:
    import yaml

    single = Path(_SINGLE.format(target.name))
    former = _entry(target)
    entry: dict[str, Any] = former or {"path": target.as_posix()}
    try:
        write_text(single, yaml.safe_dump({"outs": [entry]}, sort_keys=False))
        _write(_others(target))  # two files that list one output are an error to DVC
        _dvc("commit", "-f", single.name)
        entry = yaml.safe_load(single.read_text(encoding="utf-8"))["outs"][0]
        former = entry | {"meta": {"added": entry.get("md5")}}
    finally:
        # read again: another corpus may have come in while DVC was at work
        _write([*_others(target), *([former] if former else [])])
        _clear()
    return entry.get("md5")


def _others(target: Path) -> list[dict[str, Any]]:
    return [entry for entry in _read() if entry["path"] != target.as_posix()]


def _singles() -> list[Path]:
    return sorted(Path().glob(_SINGLE.format("*")))


def _clear() -> None:
    for path in _singles():
        path.unlink(missing_ok=True)


def _read() -> list[dict[str, Any]]:
    """The entries of data.dvc, and of what DVC is or was at work on where data.dvc does not have them."""
    found = _outs(RECORD) if RECORD.is_file() else []
    known = {entry["path"] for entry in found}
    for path in _singles():
        try:
            found += [entry for entry in _outs(path) if entry["path"] not in known and "md5" in entry]
        except (ZooError, OSError):  # half written when its process was killed, or just removed
            continue
    return found


def _outs(path: Path) -> list[dict[str, Any]]:
    import yaml

    again = f"restore it: git checkout {path}"
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ZooError(f"{path} is damaged", again) from error
    outs = content.get("outs") if isinstance(content, dict) else None
    if not isinstance(outs, list) or not all(isinstance(entry, dict) and "path" in entry for entry in outs):
        raise ZooError(f"{path} is damaged: 'outs' is no list of paths", again)
    return outs


def _write(outs: Iterable[dict[str, Any]]) -> None:
    import yaml

    content = yaml.safe_load(RECORD.read_text(encoding="utf-8"))
    content["outs"] = sorted(outs, key=lambda entry: str(entry["path"]))
    write_text(RECORD, yaml.safe_dump(content, sort_keys=False))


def _dvc(*words: str) -> None:
    """Run DVC. Raises ZooError in our words where it fails."""
    done = subprocess.run([sys.executable, "-m", "dvc", *words], capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return
    said = " ".join((done.stderr or done.stdout).split())
    if "acquire lock" in said or "is busy" in said:
        raise ZooError("another dvc is at work in this project", "wait for it to end, then run this again")
    if "No space left" in said or "Errno 28" in said:
        raise ZooError("no space left on the disk for DVC's cache", "free some space and run it again")
    raise ZooError(f"dvc {words[0]} failed: {said[-300:]}", "the corpus is copied; run this again to record it")
