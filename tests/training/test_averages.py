"""Averages: the best configurations of a search answer together, in folds, dev scores and release."""

import json

import numpy as np
import polars as pl
import pytest
from fixtures.trainings import in_place, predictions, release, train

from zoo.runtime.answer import average
from zoo.training.data import load
from zoo.tuning.search import search


@pytest.fixture
def study(tiny_study):
    models = {"statistics": {"average": 2}, "single": {"architecture": "statistics"}}
    return tiny_study(models=models, tune={"num_trials": 3})


def test_the_members_are_the_best_by_dev_score_and_their_common_score_is_that_of_their_mean_answers(study):
    results = {}

    def run(study, trials):
        found = in_place(study, trials)
        results.update(
            {(trial.model, trial.group, trial.config_id): one for trial, one in zip(trials, found, strict=True)}
        )
        return found

    search(study, run=run)
    told = json.loads((study.derived / "tuned/statistics/emodb.json").read_text())
    data = load(study, "emodb", "statistics")
    for number, group in enumerate(told["groups"]):
        ids = [member["config_id"] for member in group["members"]]
        scores = [results["statistics", number, at]["dev_score"] for at in range(3)]
        assert len(ids) == 2 and scores[ids[0]] == max(scores) and min(scores[at] for at in ids) >= min(scores)
        rows = data.everything()
        dev = data.examples(rows.filter(pl.col("speaker_id").is_in(group["dev_speakers"])))
        own = [np.array(results["statistics", number, at]["dev_outputs"], np.float32) for at in ids]
        assert group["dev_score"] == data.task.dev_score(average(data.task.readings, own), dev.targets)


def test_the_release_has_as_many_networks_and_the_predictions_are_their_mean(study):
    search(study, run=in_place)
    train(study, "statistics")
    train(study, "single")
    assert len(release(study, "statistics").networks) == 2 and len(release(study, "single").networks) == 1
    both, one = predictions(study, "statistics"), predictions(study, "single")
    assert both["utterance_id"].to_list() == one["utterance_id"].to_list()
    assert both["logits"].to_list() != one["logits"].to_list()
    shares = np.array(both["probabilities"].to_list())
    assert shares.sum(axis=1) == pytest.approx(1, abs=1e-5)
