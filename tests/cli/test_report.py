"""`zoo report show` ends every `make repro`."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from zoo.cli import app

TOP = Path(__file__).parents[2]


def test_a_study_without_results_gives_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(TOP / "studies" / "embedded.yaml", tmp_path / "params.yaml")
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["report", "show"])
    assert done.exit_code == 1
    assert "error: reports/embedded/index.html is missing" in done.output
    assert "hint: run `dvc repro` to make it" in done.output
