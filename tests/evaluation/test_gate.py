"""The gate: a model made worse is caught, an unchanged one and one that only differs by noise are not."""

import html
import os
import subprocess
from pathlib import Path

import polars as pl
import pytest

from zoo.cli.gate import gate
from zoo.errors import ZooError
from zoo.evaluation.gate import compare
from zoo.tables.predictions import PREDICTIONS

ARCHITECTURES = ("cnn", "bilstm")
REPORT = Path("reports/embedded/predictions.parquet")


def study(make, skill=2.0, noise=0, **changes):
    """Predictions of two models within and across two corpora; `changes` of skill for one of them."""
    return pl.concat(
        make(source, model, changes.get(model, skill), target=target, noise=noise, num_utterances=40)
        for model in ARCHITECTURES
        for source in ("emodb", "ravdess")
        for target in ("emodb", "ravdess")
    )


def verdicts_of(old, new):
    return {
        (v.model, v.source, v.target): v
        for v in compare(old, new, 0.95, ARCHITECTURES, ("emodb", "ravdess", "iemocap"))
    }


def test_unchanged_predictions_are_the_same(make):
    verdicts = verdicts_of(study(make), study(make).sample(fraction=1, shuffle=True, seed=2))
    assert len(verdicts) == 8
    assert {v.outcome for v in verdicts.values()} == {"same"}
    assert all(0.01 < v.change.detectable < 0.2 for v in verdicts.values())  # how small a change it would have detected


def test_a_worse_model_is_caught_and_only_that_one(make):
    verdicts = verdicts_of(study(make), study(make, bilstm=1.2))
    assert {place[0] for place, v in verdicts.items() if v.fails} == {"bilstm"}
    caught = verdicts["bilstm", "emodb", "emodb"]
    assert caught.outcome == "worse"
    assert caught.change.value == pytest.approx(caught.new - caught.old)
    assert caught.change.high < 0 and caught.change.detectable < abs(caught.change.value)


def test_models_that_are_equal_but_for_noise_pass_nearly_always(make):
    """20 new trainings of all eight models: were each its own test, 3 of 5 such runs would raise a false alarm."""
    old = study(make)
    alarms = sum(any(v.fails for v in verdicts_of(old, study(make, noise=noise)).values()) for noise in range(1, 21))
    assert alarms <= 3


def test_a_better_model_passes(make):
    assert not any(v.fails for v in verdicts_of(study(make), study(make, skill=3.0)).values())


def test_too_few_speakers_give_no_verdict_and_do_not_fail(make):
    (verdict,) = compare(make(num_speakers=3), make(num_speakers=3, noise=1), 0.95, ["cnn"], ["emodb"])
    assert verdict.outcome == "too few speakers" and not verdict.fails


def test_a_model_that_cannot_be_tested_is_no_chance_of_a_false_alarm(make):
    def both(noise):
        return pl.concat([make(noise=noise), make("ravdess", num_speakers=3, noise=noise)])

    verdicts = compare(both(0), both(1), 0.95, ["cnn"], ["emodb", "ravdess"])
    hows = {verdict.source: verdict.change.how for verdict in verdicts}
    assert hows["emodb"] == "paired jackknife over 10 speakers, t, 95 %"
    assert hows["ravdess"].startswith("none: 3 speakers")


def test_missing_models_fail_unless_the_study_dropped_them(make):
    old = pl.concat([make(model="cnn"), make(model="gone"), make("iemocap", "cnn")])
    verdicts = verdicts_of(old, make(model="bilstm"))
    assert {place[0::1][:2]: v.outcome for place, v in verdicts.items()} == {
        ("bilstm", "emodb"): "new",
        ("cnn", "emodb"): "missing",
        ("cnn", "iemocap"): "missing",
        ("gone", "emodb"): "dropped",
    }


def test_only_common_utterances_are_compared_and_others_are_named(make):
    changed = make()[7:].with_columns(
        label=pl.when(pl.col("utterance_id") == "emodb000007").then(pl.lit("none")).otherwise("label")
    )
    (verdict,) = compare(make(), changed, 0.95, ["cnn"], ["emodb"])
    assert verdict.outcome == "same"
    assert "7 only in the old predictions, such as emodb000000" in verdict.note
    assert "1 with another label or speaker, such as emodb000007" in verdict.note


def test_nothing_in_common_is_not_a_pass(make):
    other = make().with_columns(utterance_id="new" + pl.col("utterance_id"))
    (verdict,) = compare(make(), other, 0.95, ["cnn"], ["emodb"])
    assert verdict.outcome == "other utterances" and verdict.fails


@pytest.fixture
def project(make, tmp_path, monkeypatch):
    """A repository with committed synthetic predictions."""
    here = Path(__file__).parents[2]
    (tmp_path / "params.yaml").write_text((here / "params.yaml").read_text())
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    PREDICTIONS.write(make(origin="synthetic"), REPORT, made_from={})
    for words in ("init -q", "add .", "-c user.name=a -c user.email=a@b.c commit -qm old"):
        subprocess.run(["git", *words.split()], check=True)
    return tmp_path


def test_the_command_passes_unchanged_predictions_and_says_synthetic(project, capsys):
    gate()
    printed = capsys.readouterr().out
    assert "SYNTHETIC" in printed and "cnn@emodb" in printed and "same" in printed


def test_the_command_stops_with_exit_3_and_a_summary_for_github(project, make, monkeypatch, capsys):
    PREDICTIONS.write(make(skill=0.3, origin="synthetic"), REPORT, made_from={})
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(project / "summary.md"))
    with pytest.raises(ZooError, match="cnn@emodb on emodb: worse") as error:
        gate("embedded")
    assert error.value.exit_code == 3
    summary = (project / "summary.md").read_text()
    assert "| **worse** |" in summary and "SYNTHETIC" in summary
    assert "detectable" in capsys.readouterr().out


def test_the_command_compares_with_a_file_too(project, make):
    PREDICTIONS.write(make(skill=4, origin="synthetic"), Path("better.parquet"), made_from={})
    with pytest.raises(ZooError, match="worse"):
        gate(against="better.parquet")


def test_names_are_no_markup_in_the_summary_and_obeyed_by_no_terminal(project, make, capsys):
    """A branch of anybody's may have such a name, and so may the models in its predictions."""
    name = "<img src=x>|[a](https:x) `b` \x1b[2J\n### c"
    skilled = make(skill=4, origin="synthetic")
    PREDICTIONS.write(skilled, Path(f"{name.replace('/', '')}.parquet"), made_from={})
    with pytest.raises(ZooError, match="worse"):
        gate(against=f"{name}.parquet", summary=Path("summary.md"))
    (first, *_), printed = (project / "summary.md").read_text().splitlines(), capsys.readouterr().out
    assert first.startswith("### ") and not set("<>|[]`\x1b") & set(first)
    assert html.unescape(first).endswith("<img src=x>|[a](https:x) `b` \\u001b[2J\\n### c.parquet")
    assert "\x1b" not in printed


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"against": "no_such_revision"}, "git has no reports/embedded/predictions.parquet at 'no_such_revision'"),
        ({"against": "absent.parquet"}, "absent.parquet is missing"),
        ({"study": "embeded"}, "unknown study 'embeded'"),
    ],
)
def test_what_is_not_there_is_named(project, words, message):
    with pytest.raises(ZooError) as error:
        gate(**words)
    assert message in error.value.message


@pytest.mark.parametrize("installed", [True, False])
def test_without_git_a_file_is_asked_for(project, monkeypatch, installed):
    monkeypatch.setenv("GIT_DIR", str(project / "none"))
    if not installed:
        monkeypatch.setenv("PATH", str(project))
    with pytest.raises(ZooError, match="no git repository") as error:
        gate()
    assert "predictions.parquet with --against" in error.value.hint
