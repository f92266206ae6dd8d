"""`zoo labels`: from the study's manifests where they exist, otherwise from official counts."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner

from zoo import corpora
from zoo.cli import app
from zoo.tables.manifest import MANIFEST

TOP = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project folder with the committed study."""
    (tmp_path / "params.yaml").write_text((TOP / "studies/embedded.yaml").read_text())
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def manifest(project: Path) -> Path:
    """A small manifest of a synthetic EmoDB of the current study."""
    words = ["anger", "boredom", "disgust", "fear", "fear", "happiness", "neutral", "sadness"]
    rows = [
        {
            **{name: 1.0 for name, column in MANIFEST.columns.items() if column.dtype == pl.Float64()},
            **{name: 1 for name, column in MANIFEST.columns.items() if column.dtype == pl.Int64()},
            **{
                name: column.allowed[0] if column.allowed else "x"
                for name, column in MANIFEST.columns.items()
                if column.dtype == pl.String()
            },
            "corpus": "emodb",
            "utterance_id": f"{index:02d}",
            "native_label": word,
            "origin": "synthetic",
        }
        for index, word in enumerate(words)
    ]
    path = project / "derived/embedded/manifest/emodb.parquet"
    MANIFEST.write(MANIFEST.frame(rows), path, made_from={})
    return path


def run(*words: str) -> Any:
    return CliRunner().invoke(app, ["labels", *words])


def read(*words: str) -> dict[str, dict[str, Any]]:
    found = {entry["corpus"]: entry for entry in json.loads(run(*words, "--json").stdout)}
    assert list(found) == corpora.names()
    return found


def test_without_manifests_official_counts_are_shown() -> None:
    found = read("core4")
    assert {entry["counted_in"] for entry in found.values()} == {"official counts"}
    iemocap = found["iemocap"]
    assert (iemocap["num_utterances"], iemocap["num_mapped"], iemocap["num_left_out"]) == (10039, 5531, 4508)
    words = {word["native_label"]: word for word in iemocap["native_labels"]}
    assert words["xxx"] == {
        "native_label": "xxx",
        "class": None,
        "num_utterances": 2507,
        "reason": "no majority among the raters",
        "choice": None,
    }
    text = run("core4").stdout
    assert "iemocap: 5531 of 10039 utterances in 4 classes, 4508 left out (official counts)" in text
    assert "no majority among the raters" in text


def test_the_command_works_without_a_study(project: Path) -> None:
    (project / "params.yaml").unlink()
    assert read("ekman6")["tess"]["num_mapped"] == 2400


def test_the_manifests_of_the_study_are_counted(manifest: Path) -> None:
    found = read("core4")
    entry = found["emodb"]
    frame = MANIFEST.read(manifest)
    assert entry["counted_in"] == "derived/embedded/manifest/emodb.parquet"
    assert entry["synthetic"]
    assert entry["num_utterances"] == len(frame)
    assert entry["num_left_out"] == 4
    assert entry["classes"] == {"anger": 1, "happiness": 1, "neutral": 1, "sadness": 1}
    assert found["ravdess"]["counted_in"] == "official counts"
    assert (entry["label_source"], found["ravdess"]["label_source"]) == ("acted", None)
    assert "(SYNTHETIC, derived/embedded/manifest/emodb.parquet, labels: acted)" in run("core4").stdout


def test_the_label_source_is_shown(manifest: Path) -> None:
    frame = MANIFEST.read(manifest).with_columns(label_source=pl.lit("crowd_audio"))
    MANIFEST.write(frame, manifest, made_from={})
    assert read("core4")["emodb"]["label_source"] == "crowd_audio"
    assert "emodb.parquet, labels: crowd_audio)" in run("core4").stdout


def test_a_label_without_a_row_is_an_error_naming_scheme_and_label(manifest: Path) -> None:
    frame = MANIFEST.read(manifest).with_columns(native_label=pl.col("native_label").replace("fear", "dread"))
    MANIFEST.write(frame, manifest, made_from={})
    done = run("ekman6")
    assert done.exit_code == 1
    assert "scheme ekman6 has no row for 'dread' of emodb" in done.stderr


def test_an_alternative_can_be_shown() -> None:
    assert read("core4")["ravdess"]["classes"]["neutral"] == 96
    found = read("core4+calm_as_neutral+excitement_dropped")
    assert found["ravdess"]["classes"]["neutral"] == 288
    assert found["iemocap"]["num_mapped"] == 4490
    assert "(calm_as_neutral)" in run("core4+calm_as_neutral").stdout
    offered = run("core4").stdout.partition("Alternatives where practice differs")[2]
    assert "calm -> neutral" in offered
    assert "exc -> (left out)" in offered


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("core5",), "unknown label scheme 'core5'"),
        (("core4+calm",), "unknown choice of the label scheme core4 'calm'"),
    ],
)
def test_unknown_names_are_rejected_with_exit_code_2(words: tuple[str, ...], message: str) -> None:
    done = run(*words)
    assert done.exit_code == 2
    assert message in done.stderr
    assert "hint: " in done.stderr


def test_native_shows_every_corpus_with_its_native_labels() -> None:
    found = read("native")
    for name, entry in found.items():
        assert entry["classes"] == dict(sorted(corpora.get(name).native_labels.items()))
