"""docs/add-an-….md, followed word by word in a copy of the project: the file, the tests it names, a study with it."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
COPIED = ("zoo", "tests", "studies", "stages", "Makefile", "pyproject.toml", "params.yaml", "dvc.yaml")
GUIDES = ("add-an-architecture", "add-an-input", "add-an-augmentation", "add-a-task", "add-a-method")


@pytest.fixture
def project(tmp_path):
    top = tmp_path / "project"
    top.mkdir()
    for name in COPIED:
        if (TOP / name).is_dir():
            shutil.copytree(TOP / name, top / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(TOP / name, top / name)
    return top


def run(top, command, only=""):
    """A line of a guide. `make test` runs pytest of this environment, and what is about `only` of its tests."""
    asked = re.fullmatch(r'make test PYTEST="([^"]+)"', command)
    words = f"python -m pytest -x -p no:cacheprovider -k {only} {asked[1]}" if asked else command
    environment = os.environ | {"PYTHONPATH": str(top), "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    environment = {name: value for name, value in environment.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(words, shell=True, cwd=top, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}{done.stderr[-1000:]}"
    return done.stdout


@pytest.mark.parametrize("guide", GUIDES)
def test_a_guide_leads_to_a_study_with_what_it_adds(project, guide):
    page = (TOP / "docs" / f"{guide}.md").read_text(encoding="utf-8")
    [code] = re.findall(r"^```python\n(.*?)^```$", page, re.M | re.S)
    [name] = re.findall(r"all of\s+`(zoo/\w+/\w+\.py)`", page)
    assert not (project / name).exists()
    (project / name).write_text(code, encoding="utf-8")
    blocks = re.findall(r"^```sh.*?\n(.*?)^```$", page, re.M | re.S)
    commands = [line for block in blocks for line in block.splitlines()]
    assert [command.split()[0] for command in commands[-2:]] == ["zoo", "zoo"]
    for command in commands:
        run(project, command, only=Path(name).stem)
    assert Path(name).stem in (project / "params.yaml").read_text(encoding="utf-8")
    for words in (f"ruff check --no-cache {name}", f"ruff format --no-cache --check {name}"):
        run(project, words)
