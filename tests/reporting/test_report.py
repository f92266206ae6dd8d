"""The report: its content, equal bytes for equal results, and the two stages that make it."""

import json
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from fixtures.other_tasks import dimensional, soft

from zoo import tasks
from zoo.errors import ZooError
from zoo.evaluation.differences import differences
from zoo.evaluation.scores import score
from zoo.reporting import method_results, page, results, terminal
from zoo.reporting.gain import gain_section
from zoo.reporting.leaderboard import _best as leaderboard_best
from zoo.reporting.leaderboard import best_of, caption, leaderboard, tasks_of
from zoo.reporting.search import search_section
from zoo.study.exploration import Exploration
from zoo.tables.costs import COSTS
from zoo.tables.scores import read_csv

REPOSITORY = Path(__file__).parents[2]


def test_the_page_says_what_was_found_and_that_it_is_synthetic(found, text):
    assert re.search(r'role="note">SYNTHETIC: emodb, iemocap are not recorded speech', text)
    for corpus in found.study.corpora:
        assert f"{corpus}: new speakers" in text
        assert f"train={corpus}" in text and f"test={corpus}" in text
    for words in (
        "chance (baseline)",
        "statistics (baseline)",
        "no configuration was chosen with the help of its test",
        "CC-BY-4.0",
    ):
        assert words in text
    assert "fru 7" in text  # what the scheme leaves out, with its number
    assert "raters" in text and "acted" in text
    assert not re.search(r"<script|@import|url\(http|<img|src=", text)


def test_equal_results_are_equal_bytes_and_files_without_a_date(found, written, tmp_path):
    page.write(found, tmp_path)
    files = sorted(path.relative_to(written) for path in written.rglob("*.*"))
    pictures = [file for file in files if file.parent.name == "figures"]
    assert len(pictures) == 2 + 1 + 2 * 3  # of each corpus, across corpora, learning curves of each model
    for file in files:
        assert (written / file).read_bytes() == (tmp_path / file).read_bytes()
        assert "<dc:date>" not in (written / file).read_text()


def test_a_leaderboard_starts_with_its_baselines_and_then_goes_down(found):
    lines = leaderboard(found, "emodb")
    assert [line.model for line in lines[:3]] == ["chance", "majority", "statistics"]
    uars = [line.headline["value"] for line in lines[3:]]
    assert uars == sorted(uars, reverse=True)
    best = next(line for line in lines if line.is_best)
    statistics = lines[2]
    assert statistics.to_best.high < 0 and "worse (p" in statistics.comparison
    assert statistics.to_best.value == pytest.approx(statistics.headline["value"] - best.headline["value"], abs=1e-5)


def test_the_best_is_named_by_the_nested_dev_score_and_the_best_test_figure_is_called_that(found, tmp_path):
    """Otherwise the leaderboard would name the luckiest."""
    for corpus in found.study.corpora:
        lines = leaderboard(found, corpus)
        best, top = (next(line for line in lines if wanted(line)) for wanted in (is_best, is_top))
        assert best.model == best_of(lines) == "cnn"
        assert top.headline["value"] == max(line.headline["value"] for line in lines)
        assert "best by dev score" in best.comparison
        assert ("best of the test figures" if top is not best else "best test figure too") in top.comparison
    others = replace(found, search=found.search.with_columns(is_best=pl.col("model") == "statistics"))
    lines = leaderboard(others, "emodb")
    assert best_of(lines) == "statistics"
    beyond = next(line for line in lines if line.is_top)
    assert beyond.to_best.low > 0 and "better (p" in beyond.comparison  # than the one that dev speakers named


@pytest.mark.parametrize("task", ["categorical", "soft", "dimensional"])
def test_models_with_the_dev_measure_that_the_task_states_are_the_ones_compared(found, task):
    measure, model = tasks.build({}, task, ()).dev_measure, pl.col("model")
    marked = replace(
        found,
        search=found.search.with_columns(
            measure=pl.when(model == "cnn").then(pl.lit(measure)).otherwise(pl.lit("a multitask's")),
            is_best=model.is_in(["cnn", "cnn_lstm"]),
        ),
    )
    assert leaderboard_best(marked, "emodb", task, ["cnn", "cnn_lstm", "statistics"]) == "cnn"
    alone = replace(marked, search=marked.search.filter(model != "cnn"))
    assert leaderboard_best(alone, "emodb", task, ["cnn", "cnn_lstm", "statistics"]) == "cnn_lstm"


def is_best(line):
    return line.is_best


def is_top(line):
    return line.is_top


def test_a_figure_of_speakers_that_choices_have_seen_says_so(found, tmp_path):
    seen = Exploration(speakers="all", alternatives=12, until="2026-10", choices="dropout")
    scores = score(found.predictions, found.study.study, 0.95, {"emodb": seen})
    study = found.study.model_copy(update={"exploration": {"emodb": seen}})
    pairs = differences(found.predictions, found.study.study, 0.95, {"emodb": seen})
    marked = replace(found, scores=scores, differences=pairs, study=study)
    for corpus, times in (("emodb", True), ("iemocap", False)):
        line = next(line for line in leaderboard(marked, corpus) if line.model == "cnn")
        assert ("†" in line.cells[1]) is times
        other = next(line for line in leaderboard(marked, corpus) if line.to_best is not None)
        assert ("†" in other.comparison) is times
    assert "†" not in next(line for line in leaderboard(marked, "emodb") if line.model == "majority").cells[1]
    text = page.write(marked, tmp_path).read_text()
    assert "all of its speakers were seen while 12 alternatives were compared, until 2026-10" in text


def test_trials_and_seconds_stand_beside_every_score(found):
    row = {
        "corpus": "emodb",
        "model": "cnn",
        "num_trials": 6,
        "num_networks": 1,
        "search_s": 10.0,
        "training_s": 32.4,
        "machine": "m",
        "of": "",
    }
    other = row | {"model": "cnn_lstm", "num_trials": 2, "num_networks": 3, "search_s": None}
    costly = replace(found, costs=COSTS.frame([row, other]))
    lines = leaderboard(costly, "emodb")
    cells = {line.model: line.cells for line in lines}
    assert cells["cnn"][-3:-1] == ("6", "42") and cells["cnn_lstm"][-3:-1] == ("2", "32")
    assert cells["cnn"][0] == "cnn" and cells["cnn_lstm"][0] == "cnn_lstm (3 networks)"
    assert cells["majority"][-3:-1] == ("–", "–")
    assert "one that tried more had more to choose from" in caption(costly, "emodb", lines)


def test_a_model_that_hears_a_speaker_s_recordings_together_says_so(found):
    steps = {"steps": {"speaker_level": {}}}
    heard = found.study.inputs | {"log_mel": steps}
    changed = replace(found, study=found.study.model_copy(update={"inputs": heard}))
    for line in leaderboard(changed, "emodb"):
        assert line.cells[0].endswith("(transductive: speaker)") == (line.model in found.study.models)


def test_the_figure_on_the_next_corpus_stands_beside_the_one_under_gain(found):
    [section] = gain_section(found)
    [rows] = [block for block in section.blocks if "next corpus" in block]
    other = found.across("categorical", "uar").filter(pl.col("target") != "emodb", model="cnn", source="emodb")
    for target, value in other.select("target", "value").iter_rows():
        assert f"{target} {value:.3f}" in rows
    assert len(other) >= 1


def test_the_terminal_shows_every_leaderboard_and_where_the_page_is(found, capsys):
    terminal.show(found, Path("reports/made_up/index.html"))
    printed = capsys.readouterr().out
    assert printed.count("SYNTHETIC speech") == 2
    assert "reports/made_up/index.html" in printed and "cnn_lstm" in printed


def test_recorded_speech_is_not_called_synthetic(found, tmp_path):
    real = replace(found, predictions=found.predictions.with_columns(target_origin=pl.lit("recorded")))
    text = page.write(real, tmp_path).read_text()
    assert "SYNTHETIC" not in text and ">recorded<" in text


def test_a_study_without_a_search_states_it(found):
    bare = replace(found, search=found.search.clear())
    assert "This study has no hyperparameter search." in search_section(bare, {}).blocks[0]


def test_each_task_has_a_part_with_its_own_leaderboard(found, tmp_path, capsys):
    everything = pl.concat([found.predictions, soft_of(found.predictions), dimensional_of(found.predictions)])
    study = found.study.study
    several = replace(
        found,
        predictions=everything,
        scores=score(everything, study, 0.95),
        differences=differences(everything, study, 0.95),
    )
    assert tasks_of(several, "emodb") == ["categorical", "soft", "dimensional"]
    lines = leaderboard(several, "emodb", "soft")
    distances = [line.headline["value"] for line in lines if not line.is_baseline]
    assert distances == sorted(distances) and lines[0].model == "mean"
    text = page.write(several, tmp_path).read_text()
    for words in ("Task: soft", "Task: dimensional", "mean CCC", "Jensen–Shannon distance", "CCC of dominance"):
        assert words in text
    assert text.count("Task: dimensional") == 3  # of each corpus, and across them
    assert ">nan" not in text
    terminal.show(several, Path("index.html"))
    assert "emodb, new speakers (SYNTHETIC speech), task dimensional" in capsys.readouterr().out


def by_model(predictions, change):
    parts = predictions.partition_by("model", "source", "target", maintain_order=True)
    return pl.concat([change(part.sort("utterance_id")) for part in parts])


def soft_of(predictions):
    within = by_model(predictions.filter(pl.col("source") == pl.col("target")), soft)
    across = predictions.filter(pl.col("source") != pl.col("target")).with_columns(pl.lit("soft").alias("task"))
    return pl.concat([within, across])


def dimensional_of(predictions):
    return by_model(predictions, dimensional)


def test_the_page_says_how_probabilities_are_calibrated_and_what_intervals_leave_out(text):
    assert "How sure the models are" in text and "log loss, recalibrated" in text and "miscalibration" in text
    assert "the variance of the training set is not in them" in text


def test_the_comparison_is_the_row_of_the_table_of_differences(found):
    lines = leaderboard(found, "emodb")
    best, other = best_of(lines), next(line for line in lines if line.to_best is not None)
    pair = sorted([best, other.model])
    row = found.differences.filter(source="emodb", target="emodb", mode="trained", first=pair[0], second=pair[1]).row(
        0, named=True
    )
    assert other.to_best.p == row["p_holm"]
    assert other.to_best.value == pytest.approx(row["value"] if row["second"] == best else -row["value"])


def test_absent_results_are_named(synthetic_study, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ZooError, match=r"scores\.csv is missing"):
        results.read(synthetic_study[1])


def test_the_stages_score_and_report_a_study(synthetic_study, tmp_path):
    folder, study = synthetic_study
    shutil.copytree(folder / "derived", tmp_path / "derived")
    shutil.copy(folder / "params.yaml", tmp_path)
    for stage in ("evaluate", "report"):
        done = subprocess.run(
            [sys.executable, REPOSITORY / "stages" / f"{stage}.py"],
            cwd=tmp_path,
            env={"PYTHONPATH": str(REPOSITORY), "PATH": ""},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
    assert "The report: reports/made_up/index.html" in done.stdout
    assert read_csv(tmp_path / study.reports / "scores.csv").equals(read_csv(folder / study.reports / "scores.csv"))
    name = study.reports / "differences.csv"
    assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()
    beside = method_results.read(tmp_path / study.reports)  # written, and empty without methods
    assert (tmp_path / study.reports / "embeddings.parquet").exists()
    assert beside.figures.is_empty() and beside.embeddings.is_empty() and beside.ceiling.is_empty()
    figures = json.loads((tmp_path / study.reports / "metrics.json").read_text())
    assert "cnn minus cnn_lstm" in figures["differences"]["emodb"]
    assert figures["within"]["emodb"]["cnn"]["low"] < figures["within"]["emodb"]["cnn"]["uar"]
    assert set(figures["cross"]["train=emodb test=iemocap"]) >= {"chance", "majority", "cnn"}
