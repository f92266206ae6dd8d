"""All trainings of a model on a corpus: from tables to predictions and a release, and safe to interrupt."""

import json
import multiprocessing
import os
import time
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest
import torch
from fixtures.trainings import outputs, predictions, release, train, trainings

from zoo.errors import ZooError
from zoo.execute import executor
from zoo.execute.progress import Reporter
from zoo.runtime.weights import load as load_weights
from zoo.training import job as jobs
from zoo.training import results
from zoo.training.corpus import prepare
from zoo.training.data import load
from zoo.tuning.selection import read_selection


@pytest.mark.parametrize("refit", [False, True])
def test_every_utterance_is_predicted_once_a_seed_by_a_model_that_never_saw_its_speaker(searched, refit):
    study = searched(train={"seeds": [1, 2], "refit": refit})
    train(study)
    rows = predictions(study)
    data = load(study, "emodb", "statistics")
    assert len(rows) == 2 * 54 and set(rows["seed"]) == {1, 2}
    assert (rows.group_by("utterance_id").len()["len"] == 2).all()
    for fold in data.fold_numbers:
        tested = rows.filter(pl.col("fold") == str(fold))
        assert set(tested["speaker_id"]) == set(data.split(fold, "test")["speaker_id"])
        assert not set(tested["speaker_id"]) & set(data.split(fold, "train")["speaker_id"])
    assert set(rows["target_origin"]) == {"synthetic"}
    np.testing.assert_allclose([sum(row) for row in rows["probabilities"]], 1, atol=1e-5)
    assert [data.classes[int(np.argmax(row))] for row in rows["probabilities"]] == rows["predicted"].to_list()


TASKS = {
    "soft": {"votes": "raters"},
    "dimensional": {},
    "multitask": {"parts": {"categorical": {}, "dimensional": {}, "sex": {}}},
}


@pytest.mark.parametrize("task", TASKS)
def test_the_answers_of_every_task_are_in_the_predictions(searched, task):
    study = searched(tasks={task: TASKS[task]}, models={"statistics": {"task": task}}, train={"max_epochs": 1})
    train(study)
    rows = predictions(study)
    asked = ["categorical", "dimensional"] if task == "multitask" else [task]
    assert sorted(set(rows["task"])) == asked and len(rows) == 54 * len(asked)
    of_classes, of_dimensions = (rows.filter(pl.col("task") == name) for name in (asked[0], asked[-1]))
    if task != "dimensional":
        np.testing.assert_allclose(of_classes["probabilities"].list.sum(), 1, atol=1e-5)
    if task == "soft":
        np.testing.assert_allclose(of_classes["truth"].list.sum(), 1, atol=1e-5)
        assert of_classes["truth"].list.max().min() == 0.5  # of ties
    if task != "soft":
        values = np.array(of_dimensions["values"].to_list())
        assert values.shape == (54, 3) and ((values > 0) & (values < 1)).all()
        assert of_dimensions["probabilities"].is_null().all()
    facts = release(study)
    assert facts.task.name == facts.task.task_type == task
    path = study.derived / "trained" / "statistics" / "emodb" / "weights.safetensors"
    load_weights(path, facts, {"soft": 3, "dimensional": 3, "multitask": 8}[task])


def test_the_release_trains_on_everyone_for_the_median_of_the_best_epochs(searched):
    study = searched()
    train(study)
    facts = release(study)
    (network,) = facts.networks
    assert len(network.fold_epochs) == 6
    assert network.epochs == max(1, round(np.median(network.fold_epochs)))
    (model,) = load_weights(study.derived / "trained" / "statistics" / "emodb" / "weights.safetensors", facts, 3)
    array = np.load(study.derived / "features" / "emodb" / "log_mel" / "frames.npy")
    np.testing.assert_allclose(model.mean.numpy(), array.mean(axis=0), atol=2e-3)
    assert network.num_parameters == sum(value.numel() for value in model.parameters())
    assert facts.classes == ["anger", "fear", "neutral"]
    assert (facts.tuned.dev_measure, facts.seeds, network.seed) == ("UAR", study.train.seeds, study.train.seeds[0])


def test_the_release_takes_as_many_epochs_as_the_median(searched):
    study = searched()
    training = prepare(study, "emodb", "statistics", read_selection(study, "emodb", "statistics"))
    for epochs, wanted in (([1, 2, 9], 2), ([3, 4], 4), ([1], 1)):
        [job] = training.release_jobs([[SimpleNamespace(best_epoch=number)] for number in epochs])
        assert job.recipe.max_epochs == job.recipe.schedule_epochs == wanted < job.recipe.patience
        assert len(job.train) == 54 and job.dev is None and job.test is None
        assert job.with_weights and job.recipe.seed == study.train.seeds[0]


def test_two_workers_do_what_one_does(searched):
    results = []
    for workers in (1, 2):
        study = searched(f"with {workers}", models=["cnn"], execute={"workers": workers})
        train(study, "cnn")
        results.append(outputs(study, "cnn"))
        assert {path.suffix for path in trainings(study)} == {".done"}
    assert results[0] == results[1]


def workers_left():
    """Worker processes that are still there after a minute."""
    deadline = time.monotonic() + 60
    while (left := multiprocessing.active_children()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return left


@pytest.mark.parametrize("workers", [1, 2])
def test_after_ctrl_c_no_worker_is_left_and_the_next_run_goes_on(searched, monkeypatch, workers):
    monkeypatch.setattr("zoo.training.resume.EVERY_S", 0.0)
    study = searched("whole", execute={"workers": workers})
    train(study)
    whole = outputs(study)

    study = searched("interrupted", execute={"workers": workers})
    former = Reporter.epoch

    def interrupt(self, number, epoch, dev_score):
        former(self, number, epoch, dev_score)
        if number == 3 and epoch == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(Reporter, "epoch", interrupt)
    with pytest.raises(KeyboardInterrupt):
        train(study)
    assert not workers_left()
    kept = {path.suffix for path in trainings(study)}
    assert {".done", ".fit"} <= kept <= {".done", ".fit", ".refit"}  # nothing half written
    assert not (study.derived / "trained").exists()

    monkeypatch.setattr(Reporter, "epoch", former)
    resumed = []
    fit = jobs.fit

    def watched(recipe, train, dev, resume=None, *more):
        resumed.append(resume.epoch if resume else 0)
        return fit(recipe, train, dev, resume, *more)

    monkeypatch.setattr(jobs, "fit", watched)
    train(study)
    assert outputs(study) == whole
    if workers == 1:
        assert resumed[0] == 2 and not any(resumed[1:])


@pytest.mark.parametrize("workers", [1, 2])
def test_a_training_that_fails_ends_them_all_with_its_reason(searched, monkeypatch, workers):
    study = searched(execute={"workers": workers})

    def fail(self, number, epoch, dev_score):
        raise ZooError("the training broke", "mend it")

    monkeypatch.setattr(Reporter, "epoch", fail)
    with pytest.raises(ZooError, match="the training broke") as caught:
        train(study)
    assert caught.value.hint == "mend it"
    assert not (study.derived / "trained").exists()


def test_a_killed_worker_gives_an_error(searched, monkeypatch):
    """As by the kernel when memory runs out."""
    study = searched(execute={"workers": 2})
    monkeypatch.setattr(Reporter, "epoch", lambda *_: os._exit(9))
    with pytest.raises(ZooError, match="killed from outside"):
        train(study)
    assert not workers_left()


def test_a_search_of_other_folds_is_rejected(searched):
    study = searched()
    selection = read_selection(study, "emodb", "statistics")
    selection["groups"][0]["folds"] = selection["groups"][0]["folds"][1:]
    with pytest.raises(ZooError, match=r"tuned.statistics.emodb\.json was made for other folds"):
        prepare(study, "emodb", "statistics", selection)


def test_folds_of_another_manifest_are_rejected(searched):
    study = searched()
    path = study.derived / "manifest" / "emodb.parquet"
    pl.read_parquet(path).with_columns(pl.lit(9.0).alias("duration_s")).write_parquet(
        path, metadata={"zoo.table": "manifest"}
    )
    with pytest.raises(ZooError, match="was not made from"):
        train(study)


def test_time_and_cost_are_logged_beside_the_outputs(searched):
    study = searched()
    train(study)
    first = outputs(study)
    cost = json.loads((study.derived / "logs" / "train" / "emodb" / "statistics.json").read_text())
    assert cost["seconds"] >= 0 and cost["trainings"] == 7 and cost["device"]
    train(study)
    assert outputs(study) == first
    assert torch.get_num_threads() == 1


def test_the_order_in_which_trainings_end_changes_nothing(searched, monkeypatch):
    study = searched(train={"seeds": [1, 2]}, execute={"workers": 2})
    train(study)
    former = outputs(study)
    study = searched("other", train={"seeds": [1, 2]}, execute={"workers": 2})
    monkeypatch.setattr(
        executor, "in_processes", lambda work, number, workers: [(at, work(at)) for at in reversed(range(number))]
    )
    train(study)
    assert outputs(study) == former


def test_a_failed_training_leaves_the_former_outputs(searched, monkeypatch):
    study = searched()
    train(study)
    first = outputs(study)

    def fail(model, path):
        raise ZooError("the disk is full", "free some space")

    monkeypatch.setattr(results, "save", fail)
    with pytest.raises(ZooError, match="disk is full"):
        train(study)
    assert outputs(study) == first
    assert [path.name for path in (study.derived / "trained" / "statistics").iterdir()] == ["emodb"]
