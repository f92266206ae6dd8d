"""The search on Ray itself: slow to start, so two tests that share a process."""

import json

import pytest
from fixtures.trainings import in_place

from zoo.errors import WRONG_USAGE, ZooError
from zoo.tables.trials import TRIALS
from zoo.tuning.run import run_on_ray
from zoo.tuning.search import search


def test_a_search_on_ray_equals_the_same_trials_run_here(tiny_study, capsys):
    import ray

    selections = []
    for name, run in (("here", in_place), ("on ray", run_on_ray)):
        study = tiny_study(name, architectures=["statistics"], tune={"num_trials": 1, "max_epochs": 2})
        search(study, run=run)
        selections.append(json.loads((study.derived / "tuned" / "statistics" / "emodb.json").read_text()))
        assert len(TRIALS.read(study.derived / "trials.parquet")) == 2
    assert selections[0] == selections[1]
    assert not ray.is_initialized()
    printed = capsys.readouterr().err
    assert "tune 2/2: statistics@emodb" in printed and "dev UAR" in printed


def test_an_impossible_request_stops_at_once(tiny_study):
    import ray

    study = tiny_study(architectures=["statistics"], tune={"gpus_per_trial": 8})
    with pytest.raises(ZooError, match="no node can run a trial of 1 CPUs and 8 GPUs; nodes: ") as caught:
        search(study, run_on_ray)
    assert caught.value.exit_code == WRONG_USAGE and "tune.gpus_per_trial" in caught.value.hint
    assert not ray.is_initialized()
    assert not (study.derived / "tuned").exists()
