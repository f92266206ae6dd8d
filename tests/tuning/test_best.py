"""Which model is named the best: by what its search found on dev speakers, never by a test figure."""

import json

import pytest
from fixtures.searches import Runs

from zoo.tuning import best
from zoo.tuning.search import search


def selection(*groups):
    return {"groups": [{"folds": list(range(folds)), "dev_score": score} for folds, score in groups]}


def written(tmp_path, found):
    best.write(found, tmp_path / best.BEST)
    return json.loads((tmp_path / best.BEST).read_text())


def test_the_nested_dev_score_counts_each_fold_once(tmp_path):
    found = {("emodb", "a"): ("UAR", selection((3, 0.6), (1, 0.8))), ("emodb", "b"): ("UAR", selection((4, 0.64)))}
    uar = written(tmp_path, found)["emodb"]["UAR"]
    assert uar["dev_scores"] == {"a": pytest.approx(0.65), "b": pytest.approx(0.64)} and uar["best"] == "a"


def test_only_models_with_the_same_dev_measure_are_compared(tmp_path):
    found = {("emodb", "a"): ("UAR", selection((2, 0.5))), ("emodb", "b"): ("CCC", selection((2, 0.9)))}
    assert {measure: one["best"] for measure, one in written(tmp_path, found)["emodb"].items()} == {
        "UAR": "a",
        "CCC": "b",
    }


def test_ties_go_to_the_first_name_whatever_the_order(tmp_path):
    found = {("emodb", name): ("UAR", selection((2, 0.5))) for name in ("b", "a", "c")}
    assert written(tmp_path, found)["emodb"]["UAR"]["best"] == "a"


def test_the_search_names_the_best_before_anything_is_trained(tiny_study):
    study = tiny_study(models={"cnn": {}, "statistics": {}})
    search(study, run=Runs({(0, 0): (0.9, 1.0)}))
    named = json.loads((study.derived / best.BEST).read_text())["emodb"]["UAR"]
    assert set(named["dev_scores"]) == {"cnn", "statistics"} and named["best"] == "cnn"
    assert not (study.derived / "trained").exists()
