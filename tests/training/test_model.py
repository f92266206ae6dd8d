"""All trainings of an architecture on a corpus: from tables to predictions and a release, and safe to interrupt."""

import json
import multiprocessing
import os
import time

import numpy as np
import polars as pl
import pytest
import torch
from zoo.tuning.trial import run_trial

from zoo.errors import ZooError
from zoo.execute.progress import Reporter
from zoo.runtime.weights import load as load_weights
from zoo.tables.predictions import PREDICTIONS
from zoo.training import corpus
from zoo.training.data import load
from zoo.tuning.search import search


def inline(study, trials):
    return [(trial, run_trial(trial)) for trial in trials]


@pytest.fixture
def searched(tiny_study):
    """Tiny studies whose search is done."""

    def make(name="study", **changes):
        study = tiny_study(name, **{"architectures": ["statistics"]} | changes)
        search(study, run=inline)
        return study

    return make


def outputs(study, architecture="statistics"):
    folder = study.derived / "trained" / architecture / "emodb"
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def predictions(study, architecture="statistics"):
    return PREDICTIONS.read(study.derived / "trained" / architecture / "emodb" / "predictions.parquet")


def release(study, architecture="statistics"):
    return json.loads((study.derived / "trained" / architecture / "emodb" / "release.json").read_text())


@pytest.mark.parametrize("refit", [False, True])
def test_every_utterance_is_predicted_once_a_seed_by_a_model_that_never_saw_its_speaker(searched, refit):
    study = searched(train={"seeds": [1, 2], "refit": refit})
    corpus.train_corpus(study, "emodb", "statistics")
    rows = predictions(study)
    data = load(study, "emodb", "statistics")
    assert len(rows) == 2 * 54 and set(rows["seed"]) == {1, 2}
    assert (rows.group_by("utterance_id").len()["len"] == 2).all()
    for fold in data.fold_numbers:
        told = rows.filter(pl.col("fold") == str(fold))
        assert set(told["speaker_id"]) == set(data.split(fold, "test")["speaker_id"])
        assert not set(told["speaker_id"]) & set(data.split(fold, "train")["speaker_id"])
    assert set(rows["target_origin"]) == {"synthetic"}
    np.testing.assert_allclose([sum(row) for row in rows["probabilities"]], 1, atol=1e-5)
    assert [data.classes[int(np.argmax(row))] for row in rows["probabilities"]] == rows["predicted"].to_list()


def test_the_release_trains_on_everyone_for_the_median_of_the_best_epochs(searched):
    study = searched()
    corpus.train_corpus(study, "emodb", "statistics")
    facts = release(study)
    assert len(facts["fold_epochs"]) == 6
    assert facts["epochs"] == max(1, round(np.median(facts["fold_epochs"])))
    model = load_weights(study.derived / "trained" / "statistics" / "emodb" / "release.safetensors", facts)
    array = np.load(study.derived / "features" / "emodb" / "log_mel" / "frames.npy")
    np.testing.assert_allclose(model.mean.numpy(), array.mean(axis=0), atol=2e-3)
    assert facts["num_parameters"] == sum(value.numel() for value in model.parameters())
    assert facts["classes"] == sorted(facts["classes"])


def test_the_release_takes_as_many_epochs_as_the_median(searched):
    study = searched()
    data = load(study, "emodb", "statistics")
    config = {"learning_rate": 1e-3, "weight_decay": 0.0, "augmentation": 1.0, "hyperparameters": {}}
    for epochs, wanted in (([1, 2, 9], 2), ([3, 4], 4), ([1], 1)):
        job = corpus.release_job(data, corpus.recipe_of(study, data, "statistics", config), epochs)
        assert job.recipe.max_epochs == wanted < job.recipe.patience
        assert len(job.train) == 54 and job.dev is None and job.test is None


def test_two_workers_do_what_one_does(searched):
    results = []
    for workers in (1, 2):
        study = searched(f"with {workers}", architectures=["cnn"], train={"workers": workers})
        corpus.train_corpus(study, "emodb", "cnn")
        results.append(outputs(study, "cnn"))
        assert not (study.derived / "scratch" / "train" / "emodb" / "cnn").exists()
    assert results[0] == results[1]


def workers_left():
    """Worker processes that are still there after five seconds."""
    deadline = time.monotonic() + 5
    while (left := multiprocessing.active_children()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return left


@pytest.mark.parametrize("workers", [1, 2])
def test_after_ctrl_c_no_worker_is_left_and_the_next_run_goes_on(searched, monkeypatch, workers):
    monkeypatch.setattr("zoo.training.checkpoints.EVERY_S", 0.0)
    study = searched("whole", train={"workers": workers})
    corpus.train_corpus(study, "emodb", "statistics")
    whole = outputs(study)

    study = searched("interrupted", train={"workers": workers})
    former = Reporter.epoch

    def interrupt(self, number, epoch, dev_uar):
        former(self, number, epoch, dev_uar)
        if number == 3 and epoch == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(Reporter, "epoch", interrupt)
    with pytest.raises(KeyboardInterrupt):
        corpus.train_corpus(study, "emodb", "statistics")
    assert not workers_left()
    scratch = study.derived / "scratch" / "train" / "emodb" / "statistics"
    kept = {path.suffix for path in scratch.iterdir()}
    assert {".done", ".progress"} <= kept  # a worker may have been stopped while it wrote; such a .part is never read
    assert not (study.derived / "trained").exists()

    monkeypatch.setattr(Reporter, "epoch", former)
    resumed = []
    fit = corpus.fit

    def watched(recipe, train, dev, resume=None, *more):
        resumed.append(resume.epoch if resume else 0)
        return fit(recipe, train, dev, resume, *more)

    monkeypatch.setattr(corpus, "fit", watched)
    corpus.train_corpus(study, "emodb", "statistics")
    assert outputs(study) == whole
    if workers == 1:
        assert resumed[0] == 2 and not any(resumed[1:])


@pytest.mark.parametrize("workers", [1, 2])
def test_a_training_that_fails_ends_them_all_with_its_reason(searched, monkeypatch, workers):
    study = searched(train={"workers": workers})

    def fail(self, number, epoch, dev_uar):
        raise ZooError("the training broke", "mend it")

    monkeypatch.setattr(Reporter, "epoch", fail)
    with pytest.raises(ZooError, match="the training broke") as caught:
        corpus.train_corpus(study, "emodb", "statistics")
    assert caught.value.hint == "mend it"
    assert not (study.derived / "trained").exists()


def test_a_worker_that_is_killed_is_told(searched, monkeypatch):
    """As by the kernel when memory runs out."""
    study = searched(train={"workers": 2})
    monkeypatch.setattr(Reporter, "epoch", lambda *_: os._exit(9))
    with pytest.raises(ZooError, match="killed from outside"):
        corpus.train_corpus(study, "emodb", "statistics")
    assert not workers_left()


def test_a_search_of_other_folds_is_refused(searched):
    study = searched()
    path = study.derived / "tuned" / "emodb" / "statistics.json"
    tuned = json.loads(path.read_text())
    tuned["groups"][0]["folds"] = tuned["groups"][0]["folds"][1:]
    path.write_text(json.dumps(tuned))
    with pytest.raises(ZooError, match="was made for other folds"):
        corpus.train_corpus(study, "emodb", "statistics")


def test_folds_of_another_manifest_are_refused(searched):
    study = searched()
    path = study.derived / "manifest" / "emodb.parquet"
    pl.read_parquet(path).with_columns(pl.lit(9.0).alias("duration_s")).write_parquet(
        path, metadata={"zoo.table": "manifest"}
    )
    with pytest.raises(ZooError, match="was not made from"):
        corpus.train_corpus(study, "emodb", "statistics")


def test_time_and_cost_are_told_beside_the_outputs(searched):
    study = searched()
    corpus.train_corpus(study, "emodb", "statistics")
    first = outputs(study)
    cost = json.loads((study.derived / "logs" / "train" / "emodb" / "statistics.json").read_text())
    assert cost["seconds"] >= 0 and cost["workers"] == 1
    corpus.train_corpus(study, "emodb", "statistics")
    assert outputs(study) == first
    assert torch.get_num_threads() == 1
