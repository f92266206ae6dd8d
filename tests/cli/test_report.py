"""`zoo report show` ends every `make repro`; it and `zoo report build` need no more than what git keeps."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from zoo.cli import app

TOP = Path(__file__).parents[2]


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project in which nothing has run."""
    shutil.copy(TOP / "studies" / "embedded.yaml", tmp_path / "params.yaml")
    shutil.copytree(TOP / "studies", tmp_path / "studies")
    shutil.copytree(TOP / "reports" / "acted_distilled", tmp_path / "reports" / "acted_distilled")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_study_without_results_says_what_to_do_and_which_studies_have_some(clone: Path) -> None:
    for words in (["show"], ["show", "lora"], ["build"]):
        done = CliRunner().invoke(app, ["report", *words])
        name = "lora" if "lora" in words else "embedded"
        assert done.exit_code == 1
        assert f"error: the study {name} has no results yet" in done.output
        assert f"make repro STUDY={name}" in done.output and "acted_distilled" in done.output


def test_committed_results_are_shown_before_the_first_run(clone: Path) -> None:
    done = CliRunner().invoke(app, ["report", "show", "acted_distilled"])
    assert done.exit_code == 0, done.output
    assert "cnn_distilled" in done.output and "reports/acted_distilled/index.html" in done.output
    assert "† post-exploration" in done.output


def test_the_page_is_built_from_what_git_keeps(clone: Path) -> None:
    path = clone / "reports" / "acted_distilled" / "index.html"
    assert "<audio" in path.read_text()
    done = CliRunner().invoke(app, ["report", "build", "acted_distilled"])
    assert done.exit_code == 0, done.output
    assert "git checkout reports/acted_distilled/index.html" in done.output  # its recordings are lost
    text = path.read_text()
    assert "Which model for what" in text and "There are no learning curves" in text
    assert "<audio" not in text  # no recordings here


def test_an_unknown_study_is_named_with_near_ones(clone: Path) -> None:
    done = CliRunner().invoke(app, ["report", "show", "actd"])
    assert done.exit_code != 0 and "acted" in done.output
