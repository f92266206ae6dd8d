"""The record of the corpora: data.dvc, with an entry of its own for each.

An entry is made by DVC from a `.dvc` file of its own and then merged into data.dvc: DVC would refuse to complete
data.dvc while another corpus that it lists is absent, and must not forget that one.
"""

import configparser
import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from zoo.corpora._lock import locked
from zoo.errors import ZooError
from zoo.files import write_text

RECORD = Path("data.dvc")
_DVC = Path(".dvc")
_LOCK = _DVC / "tmp/zoo.lock"
_WAITING = f"another zoo is recording a corpus in {RECORD}; waiting for it"


def paths() -> set[str]:
    """The recorded folders, such as data/emodb. Raises ZooError when data.dvc is damaged."""
    return {str(entry["path"]) for entry in _read()}


def version(target: Path) -> str | None:
    """DVC's hash of the folder's recorded content; None where it is not recorded."""
    entry = next((entry for entry in _read() if entry["path"] == target.as_posix()), {})
    return entry.get("md5")


def listing(target: Path) -> set[str] | None:
    """The files that the folder's record lists, relative to it; None where DVC's cache does not have that list."""
    if (hashed := version(target)) is None:
        return None
    path = _cache() / "files" / "md5" / hashed[:2] / hashed[2:]
    try:
        return {str(file["relpath"]) for file in json.loads(path.read_text(encoding="utf-8"))}
    except (OSError, ValueError, KeyError, TypeError):
        return None


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
        _drop(target)


def _drop(target: Path) -> None:
    _write(entry for entry in _read() if entry["path"] != target.as_posix())


def put(target: Path) -> str | None:
    """Let DVC take the folder into its cache and record what is in it; its hash. Other entries stay as they are.

    Raises ZooError when another DVC is at work, the disk is full, or DVC fails otherwise; the record is then as before.
    """
    with locked(_LOCK, _WAITING):
        for left in Path().glob("adding_*.dvc"):  # by a process that was killed
            left.unlink()
        return _put(target)


def _put(target: Path) -> str | None:
    import yaml

    single = Path(f"adding_{target.name}.dvc")
    former = [entry for entry in _read() if entry["path"] == target.as_posix()]
    try:
        _drop(target)  # two files that list one output are an error to DVC
        write_text(single, yaml.safe_dump({"outs": [{"path": target.as_posix()}]}))
        _dvc("commit", "-f", single.name)
        entry: dict[str, Any] = yaml.safe_load(single.read_text(encoding="utf-8"))["outs"][0]
        former = [entry]
    finally:
        single.unlink(missing_ok=True)
        # read again: another corpus may have come in while DVC was at work
        _write([*(other for other in _read() if other["path"] != target.as_posix()), *former])
    return entry.get("md5")


def _read() -> list[dict[str, Any]]:
    import yaml

    if not RECORD.is_file():
        return []
    try:
        content = yaml.safe_load(RECORD.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise ZooError(f"{RECORD} is damaged", f"restore it: git checkout {RECORD}") from error
    outs = content.get("outs") if isinstance(content, dict) else None
    if not isinstance(outs, list) or not all(isinstance(entry, dict) and "path" in entry for entry in outs):
        raise ZooError(f"{RECORD} is damaged: 'outs' is no list of paths", f"restore it: git checkout {RECORD}")
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
