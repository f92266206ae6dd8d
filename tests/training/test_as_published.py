"""The leaks of a selection as published: over whom inputs are standardised, and by what is chosen."""

import numpy as np
import pytest
import torch
from fixtures.trainings import data_of, job

from zoo.tables.predictions import PREDICTIONS
from zoo.tasks import build
from zoo.training import as_published, loop
from zoo.training.job import Outcome
from zoo.training.resume import key_of

CLASSES = ("anger", "fear")
TASK = build({}, "categorical", CLASSES)


class Asked:
    """A job whose test utterances are right about these classes."""

    def __init__(self, classes):
        self.test = type("Test", (), {"targets": np.eye(2, dtype=np.float32)[classes]})


def said(classes):
    return np.eye(2, dtype=np.float32)[classes]


def outcome(classes):
    return Outcome(1, 0.0, 0.0, 0, said(classes), None, None)


def test_a_training_is_standardised_over_everybody_and_is_another_one(tiny_study):
    study = tiny_study(models=["statistics"])
    honest, data = job(study), data_of(study, "statistics")
    leaked = as_published.standardised_over_everybody(honest, data)
    assert key_of(leaked) != key_of(honest)
    network, _ = loop.fit(
        leaked.recipe, leaked.train, leaked.dev, None, lambda progress: None, leaked.standardised_over
    )
    mean, std = loop.standardisation(data.examples(data.everything()))
    torch.testing.assert_close((network.mean, network.std), (mean, std))
    assert not torch.equal(mean, loop.standardisation(honest.train)[0])


def test_a_trial_answers_the_test_utterances_of_its_folds(tiny_study):
    study = tiny_study(models=["statistics"])
    data = data_of(study, "statistics")
    trial = as_published.trial(job(study), data, [0, 3])
    wanted = [name for fold in (0, 3) for name in data.split(fold, "test")["utterance_id"]]
    assert trial.test.utterance_ids == wanted


def test_the_configuration_is_the_best_of_all_folds_together():
    """Number 1 is perfect on the small fold, number 2 on the large one."""
    small, large = Asked([0, 1]), Asked([0, 0, 1, 1, 1, 1])
    trials = [
        (1, small, said([0, 1])),
        (1, large, said([0, 0, 0, 0, 0, 0])),
        (2, small, said([0, 0])),
        (2, large, said([0, 0, 1, 1, 1, 1])),
        (3, small, said([0, 0])),
        (3, large, said([0, 0, 1, 1, 1, 1])),
    ]
    best, score = as_published.best_configuration(TASK, trials)
    assert (best, score) == (2, pytest.approx((1 + 4 / 5) / 2))


def test_the_seed_that_answers_best_is_the_one_that_is_reported():
    places = [(7, 0), (7, 1), (9, 0), (9, 1)]
    jobs = [[Asked([0, 1])] for _ in places]
    outcomes = [[outcome(classes)] for classes in ([0, 0], [0, 1], [0, 1], [0, 1])]
    blank = dict.fromkeys(PREDICTIONS.columns, "x") | {"source_origin": "synthetic", "target_origin": "synthetic"}
    numbers = dict.fromkeys(("probabilities", "truth", "values", "logits"))
    rows = [blank | numbers | {"task": "categorical", "seed": seed, "fold": str(fold)} for seed, fold in places]
    told = as_published.reported(PREDICTIONS.frame(rows), TASK, places, jobs, outcomes)
    assert told.filter("best")["seed"].to_list() == [9, 9]
    assert set(told["selection"]) == {"as_published"}
