"""The seconds that each stage of the pipeline takes, split into start-up and work.

python benchmarks/pipeline.py [PROJECT ...]

PROJECT: a checkout, default: this one; several are measured in turn with the same environment, which compares
two versions in one run. Each runs in a copy without results, stage by stage as DVC would, without DVC's own time.
Start-up is the interpreter and everything that the stage's own process imports; work is the rest, workers included.
"""

import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

# measures the time of outermost imports, and writes it to a file when the process ends
WATCH = """
import atexit, builtins, json, os, threading, time
_started, _real, _inside, _total = time.perf_counter(), builtins.__import__, threading.local(), [0.0]
def _timed(*args, **kwargs):
    if getattr(_inside, "on", False) or threading.current_thread() is not threading.main_thread():
        return _real(*args, **kwargs)
    _inside.on, begin = True, time.perf_counter()
    try:
        return _real(*args, **kwargs)
    finally:
        _inside.on = False
        _total[0] += time.perf_counter() - begin
_process = os.getpid()
def _write():
    if os.getpid() == _process and (path := os.environ.pop("ZOO_BENCHMARK", None)):
        with open(path, "w") as file:
            json.dump(_total[0], file)
builtins.__import__ = _timed
atexit.register(_write)
"""


def commands(top: Path, environment: dict[str, str]) -> list[tuple[str, str]]:
    """Name and command of every stage, in DVC's order."""
    printed = subprocess.run(
        [sys.executable, "-m", "dvc", "repro", "--dry", "--force"],
        cwd=top,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return re.findall(r"Running stage '([^']+)':\n> (.+)", printed)


def copy_of(project: Path, folder: Path) -> Path:
    """The project's files as they are, without results."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=project,
        capture_output=True,
        check=True,
    ).stdout.decode()
    for name in filter(None, listed.split("\0")):
        if (project / name).is_file() and not name.startswith(("reports/", "dvc.lock")):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(project / name, folder / name)
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    return folder


def measured(project: Path) -> dict[str, tuple[float, float]]:
    """Stage -> seconds of start-up and of work."""
    found: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        watch, note = folder / "watch", folder / "imports.json"
        watch.mkdir()
        (watch / "sitecustomize.py").write_text(WATCH)
        top = copy_of(project, folder / "project")
        environment = os.environ | {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": os.pathsep.join([str(top), str(watch)]),
            "DVC_NO_ANALYTICS": "1",
        }
        bare = environment | {"PYTHONPATH": str(top)}
        interpreter = _seconds([sys.executable, "-c", ""], top, environment)
        for name, command in commands(top, bare):
            note.unlink(missing_ok=True)
            whole = _seconds(command.split(), top, environment | {"ZOO_BENCHMARK": str(note)})
            start = interpreter + (json.loads(note.read_text()) if note.is_file() else 0.0)
            times = found.setdefault(name.partition("@")[0], [0.0, 0.0])
            times[0] += start
            times[1] += whole - start
            print(f"  {name}: {start:.1f} + {whole - start:.1f} s", file=sys.stderr, flush=True)
    return {stage: (start, work) for stage, (start, work) in found.items()}


def _seconds(command: list[str], top: Path, environment: dict[str, str]) -> float:
    began = time.perf_counter()
    done = subprocess.run(command, cwd=top, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return time.perf_counter() - began


def processor() -> str:
    """The processor, and whether it has AVX-512."""
    cpu = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").is_file() else ""
    names = re.findall(r"model name\s*:\s*(.+)", cpu)
    wide = "with" if " avx512f" in cpu else "without"
    return f"{names[0] if names else platform.processor()}, {os.cpu_count()} cores, {wide} AVX-512"


def main() -> None:
    """Measure and print."""
    projects = [Path(word).resolve() for word in sys.argv[1:]] or [Path(__file__).resolve().parents[1]]
    print(processor())
    for project in projects:
        print(f"{project.name}:", file=sys.stderr)
        times = measured(project)
        print(f"\n{project.name}\n{'stage':16}{'start-up':>10}{'work':>10}{'seconds':>10}")
        for stage, (start, work) in times.items():
            print(f"{stage:16}{start:10.1f}{work:10.1f}{start + work:10.1f}")
        start, work = (sum(part) for part in zip(*times.values(), strict=True))
        print(f"{'all':16}{start:10.1f}{work:10.1f}{start + work:10.1f}", flush=True)


if __name__ == "__main__":
    main()
