"""Several views of a test utterance: the mean of the probabilities over itself and its first copies, and no others."""

import numpy as np
import polars as pl
import pytest
import torch
from conftest import write_copies, write_rows
from fixtures.searches import Runs
from fixtures.trainings import data_of, in_place, predictions, release, train

from zoo import tasks
from zoo.errors import ZooError
from zoo.runtime import weights
from zoo.scoring.cross_corpus import predict_cross_corpus
from zoo.study.study import Study
from zoo.tables.predictions import PREDICTIONS
from zoo.training import resume
from zoo.training.corpus import prepare
from zoo.training.data import load
from zoo.training.network import network_of
from zoo.tuning.search import search
from zoo.tuning.selection import read_selection

COPIES = 4
# a corpus with the words of the tiny study's labels
NEMO = {"folds": {"nemo": "leave_one_speaker_out"}, "labels": {"nemo": "native"}, "cross_scheme": "ekman6"}


@pytest.fixture
def study(tiny_study):
    """study(**changes): the tiny study with copies of each utterance of its corpora."""

    def make(models, **changes):
        heard = {"log_mel": {"copies": COPIES}, "egemaps": {"copies": COPIES}}
        found = tiny_study(**{"models": models, "inputs": heard} | changes)
        for corpus in found.corpora:
            write_copies(found, COPIES, corpus)
        write_rows(found)
        return found

    return make


def changed(study, model, **values):
    """The study with other settings of a model."""
    plain = study.model_dump()
    plain["models"][model] |= values
    return Study.model_validate(plain)


@torch.no_grad()
def by_hand(networks, store, name, views):
    """The mean of the probabilities over networks and views, asked one by one."""
    rows = [torch.tensor(store.frames(name, copy=copy))[None] for copy in range(views)]
    outputs = [network.eval()(one, torch.tensor([one.shape[1]])) for network in networks for one in rows]
    return torch.cat(outputs).double().softmax(dim=1).mean(dim=0).numpy()


MODELS = {
    "trained step by step": ("statistics", {"views": 3}),
    "an average of networks": ("statistics", {"views": 2, "average": 2}),
    "fitted at once": ("ridge", {"views": 3, "input": "egemaps"}),
}


@pytest.mark.parametrize("kind", MODELS)
def test_test_speakers_are_asked_by_the_mean_over_views(study, kind):
    if kind == "fitted at once":
        pytest.importorskip("opensmile")
    name, entry = MODELS[kind]
    now = study({name: entry})
    search(now, in_place)
    train(now, name)
    data, found = data_of(now, name), predictions(now, name)
    training = prepare(now, "emodb", name, read_selection(now, "emodb", name))
    scratch = now.derived.parent / "scratch" / "trainings"
    for (_, fold), jobs in zip(training.places, training.folds, strict=True):
        outcomes = [resume.run(job, scratch, lambda progress: None) for job in jobs]
        networks = [network_of(data, job, outcome) for job, outcome in zip(jobs, outcomes, strict=True)]
        rows = found.filter(fold=str(fold))
        assert rows["utterance_id"].to_list() == jobs[0].test.utterance_ids
        for row in rows.iter_rows(named=True):
            wanted = by_hand(networks, data.store, row["utterance_id"], entry["views"])
            np.testing.assert_allclose(row["probabilities"], wanted, atol=1e-5)
            assert row["predicted"] == data.classes[wanted.argmax()]


def test_another_number_of_views_changes_answers_and_trains_nothing_again(study, trained):
    now = study({"statistics": {"views": 2}})
    search(now, Runs())
    train(now)
    before, facts = predictions(now), release(now)
    assert trained
    trained.clear()
    more = changed(now, "statistics", views=5)
    search(more, Runs())
    train(more)
    assert not trained and release(more) == facts
    shares = [np.array(found["probabilities"].to_list()) for found in (before, predictions(more))]
    assert np.abs(shares[0] - shares[1]).max() > 0.01


def test_a_model_of_one_view_is_asked_about_no_copy(study):
    now = study({"statistics": {}})
    search(now, Runs())
    train(now)
    before = predictions(now)["logits"].to_list()
    training = prepare(now, "emodb", "statistics", read_selection(now, "emodb", "statistics"))
    outcomes = [resume.run(jobs[0], now.derived.parent / "scratch/trainings", print) for jobs in training.folds]
    assert before == np.concatenate([outcome.outputs for outcome in outcomes]).tolist()


def test_other_corpora_are_asked_by_the_mean_over_views(study):
    now = study({"statistics": {"views": 3}}, corpora=["emodb", "nemo"], **NEMO)
    search(now, Runs())
    train(now)
    predict_cross_corpus(now)
    facts = release(now)
    num_outputs = tasks.build(facts.task.entry, facts.task.name, facts.classes).num_outputs
    networks = weights.load(now.derived / "trained/statistics/emodb/weights.safetensors", facts, num_outputs)
    store = load(now, "nemo", "statistics").store
    rows = PREDICTIONS.read(now.derived / "cross.parquet").filter(source="emodb", target="nemo")
    assert len(rows) and rows.filter(pl.col("label").is_null()).is_empty()
    for row in rows.iter_rows(named=True):
        of_class = dict(zip(facts.classes, by_hand(networks, store, row["utterance_id"], 3), strict=True))
        known = [share for share in row["probabilities"] if share]
        np.testing.assert_allclose(known, list(of_class.values()), atol=1e-5)


@pytest.mark.parametrize("views", [COPIES + 2, 10_000])
def test_more_views_than_there_are_copies_are_refused(study, views):
    with pytest.raises(
        ZooError, match=rf"models\.statistics\.views = {views}, but inputs\.log_mel has 4 copies"
    ) as caught:
        data_of(study({"statistics": {"views": views}}), "statistics")
    assert "at most 5 here" in caught.value.hint


def test_views_of_a_task_without_classes_are_refused(study):
    now = study({"statistics": {"views": 2, "task": "dimensional"}}, tasks={"dimensional": {}})
    with pytest.raises(ZooError, match=r"models\.statistics\.views = 2 .*dimensional asks for none"):
        data_of(now, "statistics")


@pytest.mark.parametrize("views", [0, -1, 2.0, True, "3"])
def test_a_number_of_views_that_is_none_is_refused(study, views):
    with pytest.raises(ValueError, match=r"models\.statistics\.views"):
        study({"statistics": {"views": views}})
