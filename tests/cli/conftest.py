"""A folder with two studies."""

from pathlib import Path

import pytest

PARAMS = (Path(__file__).parents[2] / "studies/embedded.yaml").read_bytes()


@pytest.fixture
def studies(tmp_path, monkeypatch):
    """The current folder: studies/embedded.yaml, which is the current study, and studies/other.yaml."""
    (tmp_path / "studies").mkdir()
    (tmp_path / "studies/embedded.yaml").write_bytes(PARAMS)
    (tmp_path / "studies/other.yaml").write_bytes(PARAMS.replace(b"study: embedded", b"study: other # mine"))
    (tmp_path / "params.yaml").write_bytes(PARAMS)
    monkeypatch.chdir(tmp_path)
    return tmp_path
