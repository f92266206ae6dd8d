"""`zoo report show` ends every `make repro`."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from zoo.cli import app

TOP = Path(__file__).parents[2]


def test_a_study_that_has_not_run_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(TOP / "studies" / "embedded.yaml", tmp_path / "params.yaml")
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["report", "show"])
    assert done.exit_code == 1
    assert "error: reports/embedded/index.html is not there" in done.output
    assert "hint: dvc repro makes it" in done.output
