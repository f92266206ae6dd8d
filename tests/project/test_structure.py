"""The project's rules that tools can enforce: layers, sizes, workflows, the committed study."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

TOP = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
WORKFLOWS = sorted((TOP / ".github" / "workflows").glob("*.yml"))


def tool(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(BIN / words[0]), *words[1:]], cwd=TOP, capture_output=True, text=True, check=False)


def committed(path: str) -> str:
    return subprocess.run(["git", "show", f"HEAD:{path}"], cwd=TOP, capture_output=True, text=True, check=True).stdout


def test_imports_go_down_the_layers() -> None:
    done = tool("lint-imports", "--no-cache")
    assert done.returncode == 0, done.stdout


def test_no_file_is_longer_than_a_reader_can_hold() -> None:
    files = [path for folder in ("zoo", "stages", "tests", "benchmarks") for path in (TOP / folder).rglob("*.py")]
    long = {str(path.relative_to(TOP)): lines for path in files if (lines := len(path.read_text().splitlines())) > 400}
    assert not long


def test_everything_that_commands_print_is_escaped() -> None:
    """`zoo.terminal.say` does it; in zoo/, nothing else prints."""
    own = [TOP / "zoo" / name for name in ("terminal.py", "locks.py", "execute/kept.py")]  # they print own paths
    wrong = [
        path for path in (TOP / "zoo").rglob("*.py") if re.search(r"^ *(typer\.echo|print)\(", path.read_text(), re.M)
    ]
    assert not {*wrong} - {*own}


def test_stages_are_thin() -> None:
    stages = list((TOP / "stages").glob("[!_]*.py"))
    thick = {path.name: lines for path in stages if (lines := len(path.read_text().splitlines())) > 40}
    assert stages and not thick


def test_the_committed_study_is_the_embedded_one() -> None:
    # as committed: who tries out another study here may run the tests too
    assert committed("params.yaml") == committed("studies/embedded.yaml")


def test_workflows_are_valid_and_safe() -> None:
    assert len(WORKFLOWS) == 2
    paths = [str(path) for path in WORKFLOWS]
    schema = tool("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *paths)
    assert schema.returncode == 0, schema.stdout
    audit = tool("zizmor", "--offline", "--no-progress", *paths)
    assert audit.returncode == 0, audit.stdout


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_workflows_run_commands_that_exist(workflow: Path) -> None:
    from typer.main import get_command

    from zoo.cli import app

    targets = set(re.findall(r"^([a-z]+):", (TOP / "Makefile").read_text(encoding="utf-8"), re.M))
    commands = set(getattr(get_command(app), "commands"))  # noqa: B009
    jobs = yaml.safe_load(workflow.read_text(encoding="utf-8"))["jobs"]
    runs = [step["run"] for job in jobs.values() for step in job["steps"] if "run" in step]
    assert runs
    for run in runs:
        words = run.split()
        match words[0]:
            case "make":
                assert words[1] in targets
            case ".venv/bin/zoo":
                assert words[1] in commands
            case script:
                assert shutil.which(str(TOP / script)), f"{script} is not there or cannot be executed"


def test_hooks_are_local() -> None:
    hooks = yaml.safe_load((TOP / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert {repo["repo"] for repo in hooks["repos"]} == {"local"}


def test_dvc_reports_to_nobody() -> None:
    config = (TOP / ".dvc" / "config").read_text(encoding="utf-8")
    assert "analytics = false" in config
    assert "check_update = false" in config
