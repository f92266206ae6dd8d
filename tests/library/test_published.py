"""A copy of a corpus that is not the published one is named, wherever it is used."""

import json
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
import soundfile
from fixtures.projects import outline
from typer.testing import CliRunner

from zoo import synthetic
from zoo.cli.data import app
from zoo.corpora import emodb, get
from zoo.corpora.contract import Defect
from zoo.library import record, verify
from zoo.library.add import add
from zoo.library.manifest import build
from zoo.library.published import Measured, deviations, deviations_of
from zoo.library.verification import Outcome, outcome


def files(number=60, rate=16_000, length=None):
    """Measured files of EmoDB; length: of all of them, else they vary."""
    names = sorted(emodb.PUBLISHED)[:number]
    lengths = [length or 2 + place / 100 for place in range(number)]
    return [Measured(name, f"wav/{name}.wav", rate, one) for name, one in zip(names, lengths, strict=True)]


@pytest.mark.parametrize(
    ("found", "named"),
    [
        (files(), []),
        (files(rate=22_050, length=2.0), ["22050 Hz; published: 16000 Hz", "last 2 s exactly, as if cut or padded"]),
        (files(length=2.5), ["60 of 60 files last 2.5 s exactly"]),
        (files(12, length=2.5), []),  # a dozen may
        ([*files(), Measured("03a01Fa", "wav/03a01Fa.wav", 16_000, 30.0)], ["such as wav/03a01Fa.wav, do not last"]),
        ([*files(), Measured("03a01Fa", "wav/03a01Fa.wav", 8_000, 2.0)], ["1 of 61 files have 8000 Hz"]),
    ],
)
def test_rates_and_lengths_are_compared_with_the_published_ones(found, named):
    answers = deviations(get("emodb"), found)
    assert len(answers) == len(named)
    assert all(part in answer for part, answer in zip(named, answers, strict=True))


@pytest.mark.parametrize(("seconds", "named"), [(2.779, []), (2.2, ["its 535 files last 19.6 minutes in all"])])
def test_silence_cut_off_every_file_of_a_complete_copy_is_noticed(seconds, named):
    around = [seconds + 0.5 * (-1) ** place * place / 535 for place in range(535)]
    answers = deviations(get("emodb"), [Measured(str(place), "", 16_000, one) for place, one in enumerate(around)])
    assert [answer.partition(";")[0] for answer in answers] == named


def test_known_defects_are_as_published():
    corpus = get("tess")
    defects = [name for name, one in corpus.known_defects.items() if one.kind == "rate"]
    assert defects and deviations(corpus, [Measured(name, name, 96_000, 2.0) for name in defects]) == []


def test_the_length_of_a_known_defect_is_no_deviation_nor_is_any_of_the_projects_own_corpora(monkeypatch):
    long = [*files(), Measured("x", "wav/x.wav", 16_000, 30.0)]
    known = replace(get("emodb"), known_defects={"x": Defect("header", "it goes on")})
    assert deviations(get("emodb"), long) and deviations(known, long) == []
    assert deviations(replace(get("emodb"), other_rates_hz=(8_000,)), files(rate=8_000)) == []
    monkeypatch.setattr("zoo.corpus_file.has", lambda name: True)
    assert deviations(get("emodb"), files(rate=8_000, length=2.5)) == []


def test_published_bytes_are_compared():
    hashes = {"a": "1", "b": "2"}
    corpus = replace(get("emodb"), sha256=lambda: hashes)
    rows = [Measured("a", "a", 16_000, 2.0, "1"), Measured("b", "b", 16_000, 2.0, "x")]
    assert deviations(corpus, rows) == ["1 of 2 files are not the published bytes"]


@pytest.fixture
def wrong(tmp_path, monkeypatch):
    """A copy of EmoDB at 22.05 kHz, every file cut or padded to 44,100 samples; and the project it is added to."""
    names = sorted(emodb.PUBLISHED)[::8]
    source = tmp_path / "copy/wav"
    source.mkdir(parents=True)
    rng = np.random.default_rng(0)
    for name in names:
        soundfile.write(source / f"{name}.wav", 0.1 * rng.standard_normal(44_100), 22_050)
    counts: dict[str, int] = dict.fromkeys(emodb.COUNTS, 0)
    for name in names:
        counts[emodb.EMOTIONS[name[5]]] += 1
    monkeypatch.setattr(
        emodb,
        "CORPUS",
        replace(
            emodb.CORPUS, native_labels=counts, hours=None, recognise=lambda folder: emodb.Recognition(folder, "EmoDB")
        ),
    )
    project = tmp_path / "project"
    outline(project)
    monkeypatch.chdir(project)
    monkeypatch.setattr(record, "add_folder", lambda target: None)
    return source.parent


def test_a_wrong_copy_is_named_when_it_is_added_and_verified_and_listed(wrong):
    added = add("emodb", wrong)
    assert any("NOT AS PUBLISHED" in line and "22050 Hz" in line for line in added)
    assert any("last 2 s exactly" in line for line in added)
    runner = CliRunner()
    verified = runner.invoke(app, ["verify", "emodb"])
    assert verified.exit_code == 3
    assert "not as published: 67 of 67 files have 22050 Hz" in verified.stdout
    assert "last 2 s exactly" in verified.stdout and "; not as published\n" in verified.stdout
    content = json.loads(runner.invoke(app, ["verify", "emodb", "--json"]).stdout)
    assert content["as_published"] is False and len(content["deviations"]) == 2
    row = next(row for row in json.loads(runner.invoke(app, ["list", "--json"]).stdout) if row["name"] == "emodb")
    assert (row["verified"], row["as_published"]) == (False, False)
    assert len(deviations_of(get("emodb"), build("emodb", wrong))) == 2


def test_a_converted_copy_is_verified_but_not_as_published(wrong):
    rng = np.random.default_rng(0)
    for place, path in enumerate(sorted(wrong.rglob("*.wav"))):
        soundfile.write(path, 0.1 * rng.standard_normal(22_000 + 50 * place), 8_000)
    add("emodb", wrong)
    answer = CliRunner().invoke(app, ["verify", "emodb"])
    assert answer.exit_code == 0, answer.stdout
    assert "verified: no new problems; not as published" in answer.stdout
    assert outcome("emodb") == Outcome(verified=True, as_published=False)
    assert "yes, not as published" in CliRunner().invoke(app, ["list"]).stdout


def test_of_synthetic_speech_nothing_is_said(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    synthetic.write("ravdess", tmp_path / "data/ravdess")
    found = verify.verify("ravdess")
    assert found.deviations is found.as_published is None
    frame = build("ravdess", tmp_path / "data/ravdess")
    assert deviations_of(get("ravdess"), frame) == []
    assert deviations_of(get("ravdess"), frame.with_columns(pl.lit("recorded").alias("origin"))) != []
