"""`make` installs once, says what is missing, and starts over after an interruption. The tools are stand-ins here."""

import shutil
import subprocess
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]

# A Python whose `-m venv` makes an environment of stand-ins, which write down what they are asked to do.
PYTHON = """#!/bin/sh
case "$*" in
  --version) echo "Python 3.11.0" ;;
  "-m venv .venv")
    echo venv >> did
    mkdir -p .venv/bin
    printf '#!/bin/sh\\necho "pip $*" >> did\\n' > .venv/bin/python
    for tool in uv dvc zoo; do
      printf '#!/bin/sh\\necho "'$tool' $*" >> did\\ntest ! -e broken-'$tool'\\n' > .venv/bin/$tool
    done
    chmod +x .venv/bin/* ;;
esac
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("Makefile", "requirements.lock", "torch.pin", "pyproject.toml"):
        shutil.copy(TOP / name, tmp_path / name)
    (tmp_path / "python").write_text(PYTHON)
    (tmp_path / "python").chmod(0o755)
    return tmp_path


def install(project: Path, *words: str) -> tuple[int, str, str]:
    """Exit code, what was said, what was done."""
    return make(project, "install", *words)


def make(project: Path, *words: str) -> tuple[int, str, str]:
    """Exit code, what was said, what was done."""
    did = project / "did"
    did.unlink(missing_ok=True)
    done = subprocess.run(["make", "PYTHON=./python", *words], cwd=project, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr, did.read_text() if did.exists() else ""


def test_it_installs_what_is_locked_and_only_once(project: Path) -> None:
    code, said, did = install(project)
    assert code == 0, said
    for step in ("venv", "--no-deps --require-hashes -r requirements.lock", "-r torch.pin", "--no-deps", "--editable"):
        assert step in did
    assert install(project)[2] == ""


def test_an_install_that_failed_is_done_again_from_the_start(project: Path) -> None:
    (project / "broken-uv").touch()
    assert install(project)[0] != 0
    (project / "broken-uv").unlink()
    code, said, did = install(project)
    assert code == 0, said
    assert did.startswith("venv")


def test_a_new_lock_updates_the_environment_and_keeps_it(project: Path) -> None:
    install(project)
    with (project / "requirements.lock").open("a") as lock:
        lock.write("# changed\n")
    _, _, did = install(project)
    assert "-r requirements.lock" in did
    assert "venv\n" not in did


def test_a_moved_project_gets_an_environment_of_its_own(project: Path) -> None:
    install(project)
    moved = project.rename(project.with_name("moved"))
    assert install(moved)[2].startswith("venv")


def test_a_python_that_is_too_old_is_named_with_what_to_do(project: Path) -> None:
    code, said, did = install(project, "PYTHON=")
    assert code != 0
    assert "error: Python 3.11 or newer is needed" in said
    assert "hint:" in said
    assert did == ""
    assert not (project / ".venv").exists()


def test_a_build_of_torch_can_be_chosen(project: Path) -> None:
    assert "--torch-backend cpu -r torch.pin" in install(project, "TORCH_BACKEND=cpu")[2]


def test_repro_runs_the_wanted_study_and_ends_with_its_leaderboard(project: Path) -> None:
    install(project)
    assert make(project, "repro")[2].splitlines() == ["zoo study check", "dvc repro", "zoo report show"]
    assert make(project, "repro", "STUDY=acted")[2].splitlines() == [
        "zoo study use acted",
        "zoo study check",
        "dvc repro",
        "zoo report show",
    ]


def test_a_pipeline_that_stops_is_no_success(project: Path) -> None:
    install(project)
    (project / "broken-dvc").touch()
    code, said, did = make(project, "repro")
    assert code != 0
    assert "run it again: finished stages are kept" in said
    assert "zoo report" not in did


def test_a_study_that_cannot_be_used_is_not_run(project: Path) -> None:
    install(project)
    (project / "broken-zoo").touch()
    code, _, did = make(project, "repro", "STUDY=nonsense")
    assert code != 0
    assert "dvc" not in did


def test_help_lists_the_two_commands(project: Path) -> None:
    done = subprocess.run(["make"], cwd=project, capture_output=True, text=True, check=True)
    assert "make repro" in done.stdout
    assert "make test" in done.stdout
