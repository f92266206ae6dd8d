"""A line for an encoder: nested, beside what other studies have, resumable."""

from pathlib import Path

import pytest
from fixtures import checkpoints

from zoo.cli import app
from zoo.errors import ZooError
from zoo.scoring.encoder_bench import MODEL, bench, slug, study_of

pytest.importorskip("transformers")


def test_the_study_of_an_encoder_is_a_study_with_a_name_that_it_may_have():
    for name in ("openai/whisper-base", "my/own Encoder", "x" * 200):
        study = study_of(name, "abc", ["emodb", "tess"], Path("data"))
        assert study.study == slug(name) and len(study.study) <= 60
        assert study.folds == {"emodb": "leave_one_speaker_out", "tess": "leave_speakers_out"}


@pytest.mark.parametrize(
    ("checkpoint", "names", "message"),
    [
        ("tiny", ["emodbb"], "unknown corpus 'emodbb'"),
        ("tiny", ["emodb"], "data/emodb is missing"),
        ("absent", ["emodb"], "there is no checkpoint absent on this machine"),
    ],
)
def test_what_is_not_there_is_named_before_anything_is_computed(tmp_path, monkeypatch, checkpoint, names, message):
    monkeypatch.chdir(tmp_path)
    checkpoints.whisper(tmp_path / "tiny")
    with pytest.raises(ZooError, match=message):
        bench(checkpoint, None, names, Path("data"), print)
    assert not (tmp_path / "derived").exists()


@pytest.mark.slow
def test_an_encoder_gets_its_line_and_a_second_run_computes_nothing(tmp_path, monkeypatch):
    from typer.testing import CliRunner

    from zoo import synthetic
    from zoo.encoders import hidden_states

    monkeypatch.chdir(tmp_path)
    checkpoints.whisper(tmp_path / "tiny")
    (tmp_path / "data" / "emodb").mkdir(parents=True)
    synthetic.write("emodb", tmp_path / "data" / "emodb")
    words = ["bench-encoder", "tiny", "--on", "emodb"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    assert MODEL in done.stdout and "reports/bench_tiny" in done.stdout
    monkeypatch.setattr(hidden_states, "hidden_states", None)
    again = CliRunner().invoke(app, words)
    assert again.exit_code == 0 and again.stdout == done.stdout
