"""No check fails on the clean recordings of EmoDB and RAVDESS, where they lie beside the repository."""

import subprocess
import sys
from pathlib import Path

import pytest

from zoo.checks import study as study_checks
from zoo.folds.cut import cut
from zoo.library.manifest import build
from zoo.study import params
from zoo.tables.folds import FOLDS
from zoo.tables.manifest import MANIFEST

TOP = Path(__file__).parents[2]
SHARED = (TOP / "../shared").resolve()
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not (SHARED / "corpora/unpack").is_file(), reason="no recorded corpora in ../shared"),
]


@pytest.fixture(scope="module")
def audio(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("real")
    for name in ("emodb", "ravdess"):
        unpack = [sys.executable, SHARED / "corpora/unpack", name, folder / name]
        subprocess.run(unpack, check=True, capture_output=True)
    return folder


@pytest.mark.parametrize("protocol", ["leave_speakers_out", "leave_one_speaker_out", "across_sentences"])
@pytest.mark.parametrize("name", ["emodb", "ravdess"])
def test_nothing_fails_on_clean_recordings(
    audio: Path, name: str, protocol: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    values = params.load(TOP / "studies/embedded.yaml")
    current = values.model_copy(update={"corpora": [name], "folds": {name: protocol}})
    manifest = current.derived / "manifest" / f"{name}.parquet"
    MANIFEST.write(build(name, audio / name), manifest, {})
    rows = cut(MANIFEST.read(manifest), name, current.labels[name], protocol)
    FOLDS.write(rows, current.derived / "folds" / f"{name}.parquet", {"manifest": manifest})
    outcomes = study_checks.check(current)
    assert not [one for one in outcomes if one.state == "failed"]
    warned = {one.title for one in outcomes if one.state == "warned"}
    # one speaker, tested alone, need not have every class; RAVDESS here is at 16 kHz
    assert warned <= {
        "no known defect of the corpus is present",
        "files have the official sampling rate",
        "every class is in every fold's dev and test",
        "files are encoded as published",
    }
