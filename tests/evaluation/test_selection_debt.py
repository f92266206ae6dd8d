"""Selection debt: where nothing can be learnt, a selection with the test speakers in view still finds something."""

import json
from pathlib import Path

import pytest
from fixtures.trainings import in_place, train

from zoo.errors import ZooError
from zoo.evaluation.study import write_scores
from zoo.reporting import page, results
from zoo.scoring.adapt import adapt
from zoo.scoring.cross_corpus import predict_cross_corpus
from zoo.tables import selection_debt as debt_table
from zoo.tables.predictions import PREDICTIONS
from zoo.tables.trials import TRIALS
from zoo.tuning.search import search

CHANCE = 1 / 3
MODELS = {
    "statistics": {},
    "leaky": {
        "architecture": "statistics",
        "selection": "as_published",
        "published": {"uar": 0.652, "mean": 0.623, "source": "somebody"},
    },
}


RUN = []  # the study and its folder: run once


@pytest.fixture
def study(tiny_study, monkeypatch):
    """A study whose features know nothing about the labels, run from search to page."""
    if not RUN:
        training = {"seeds": [1, 2, 3], "refit": False, "executor": "inline"}
        made = tiny_study(
            takes=4, difference=0.0, models=MODELS, cross_scheme="native", tune={"num_trials": 8}, train=training
        )
        search(made, run=in_place)
        for model in MODELS:
            train(made, model)
        predict_cross_corpus(made)
        adapt(made, "statistics")
        write_scores(made)
        page.write(results.read(made), made.reports)
        RUN[:] = made, Path.cwd()
    made, top = RUN
    monkeypatch.chdir(top)
    return made


def figures(study):
    rows = debt_table.read_csv(study.reports / "selection_debt.csv").filter(model="leaky", corpus="emodb")
    return {row["figure"]: row for row in rows.iter_rows(named=True)}


def test_where_nothing_can_be_learnt_the_gap_is_all_debt(study):
    found = figures(study)
    nested, published, debt = found["nested"], found["as_published"], found["debt"]
    assert nested["low"] < CHANCE < nested["high"]
    assert published["value"] > CHANCE
    assert debt["value"] == pytest.approx(published["value"] - nested["value"], abs=2e-6)
    assert debt["value"] > 0 and debt["low"] < debt["value"] < debt["high"]
    assert found["as_published_mean"]["value"] <= published["value"]
    assert (found["published"]["value"], found["published_mean"]["value"]) == (0.652, 0.623)
    assert (published["num_seeds"], nested["num_seeds"]) == (1, 3)


def test_every_row_says_how_its_model_was_selected(study):
    for figure, row in figures(study).items():
        assert row["selection"] == debt_table.FIGURES[figure]
        assert bool(row["exploration"]) == (figure not in ("nested", "published", "published_mean"))


def test_both_had_the_same_budget(study):
    kept = [json.loads((study.derived / "tuned" / name / "emodb.json").read_text()) for name in MODELS]
    tried = [[(trial["group"], trial["config_id"], trial["config"]) for trial in one["trials"]] for one in kept]
    assert tried[0] == tried[1] and len(tried[0]) == 16
    [clean, leaked] = [json.loads((study.derived / "logs/train/emodb" / f"{name}.json").read_text()) for name in MODELS]
    assert leaked["trainings"] == 18 == clean["trainings"] - 1  # the release


def test_what_is_selected_as_published_is_in_no_table_but_its_own(study):
    assert set(json.loads((study.derived / "best.json").read_text())["emodb"]["UAR"]["dev_scores"]) == {"statistics"}
    assert set(TRIALS.read(study.derived / "trials.parquet")["model"]) == {"statistics"}
    folder = study.derived / "trained" / "leaky" / "emodb"
    assert [path.name for path in folder.iterdir()] == ["as_published.parquet"]
    with pytest.raises(ZooError, match="is not a predictions table but as-published predictions"):
        PREDICTIONS.read(folder / "as_published.parquet")
    for path in study.reports.rglob("*.*"):
        if path.name not in ("selection_debt.csv", "index.html"):
            assert b"leaky" not in path.read_bytes(), path
    assert set(PREDICTIONS.read(study.reports / "predictions.parquet")["model"]) == {"statistics"}


def test_the_page_shows_both_and_the_gap(study):
    html = (study.reports / "index.html").read_text()
    start = html.index("<h2>Selection debt")
    section = html[start : html.index("</section>", start)]
    for row in figures(study).values():
        assert f"{row['value']:.3f}" in section
    assert "SYNTHETIC. UAR of leaky (as published) and statistics (nested) on emodb" in section
    assert "leaky" not in html.replace(section, "")


def test_it_is_not_packaged(study, monkeypatch, tmp_path):
    from zoo.releases import package

    names = []
    monkeypatch.setattr(package, "_candidate", lambda study, release, *rest: names.append(release.name))
    assert package.package(study, tmp_path / "zoo") == ["statistics@emodb"] == names
