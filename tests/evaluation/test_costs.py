"""Costs stay as they are while what they are of is the same: another machine takes other seconds."""

import json

import polars as pl
import pytest

from zoo.evaluation.costs import costs
from zoo.tables.costs import COSTS, read_csv, write_csv


@pytest.fixture
def study(tiny_study):
    one = tiny_study(models={"statistics": {"num_trials": 5}})
    tuned, trained = one.derived / "tuned" / "statistics", one.derived / "trained" / "statistics" / "emodb"
    for folder in (tuned, trained):
        folder.mkdir(parents=True)
    (tuned / "emodb.json").write_text("{}")
    (trained / "predictions.parquet").write_bytes(b"predictions")
    return one


def logged(study, search, training, machine="a machine"):
    for stage, seconds in (("tune", search), ("train", training)):
        path = study.derived / "logs" / stage / "emodb" / "statistics.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"seconds": seconds, "trainings": 1, "device": machine}))


def test_trials_seconds_and_the_machine_are_stated(study, tmp_path):
    logged(study, 12.34, 56.0)
    found = costs(study, COSTS.frame([]))
    row = found.row(0, named=True)
    assert (row["num_trials"], row["search_s"], row["training_s"], row["machine"]) == (5, 12.34, 56.0, "a machine")
    write_csv(found, tmp_path / "costs.csv")
    assert read_csv(tmp_path / "costs.csv")["search_s"].to_list() == [12.3]


def test_another_run_of_the_same_changes_nothing_and_of_something_else_does(study):
    logged(study, 10.0, 20.0)
    first = costs(study, COSTS.frame([]))
    logged(study, 1.0, 2.0, "a faster machine")
    assert costs(study, first).equals(first)
    (study.derived / "trained/statistics/emodb/predictions.parquet").write_bytes(b"other predictions")
    second = costs(study, first)
    assert second["machine"].to_list() == ["a faster machine"] and len(second) == 1


def test_without_logs_the_seconds_are_unknown_but_the_trials_are_not(study):
    found = costs(study, COSTS.frame([]))
    assert found["num_trials"].to_list() == [5]
    assert found.select(pl.all_horizontal(pl.col("search_s", "training_s", "machine").is_null())).item()
