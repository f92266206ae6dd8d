"""The data of a model: its input fits its architecture and its augmentation; its task decides its rows."""

import json

import numpy as np
import polars as pl
import pytest
from fixtures.trainings import CLASSES, data_of, in_place, release, train

from zoo.errors import WRONG_USAGE, ZooError
from zoo.tables.folds import FOLDS
from zoo.training.corpus import prepare
from zoo.training.data import input_of, load, task_of
from zoo.tuning.search import search

HEARD = {"log_mel": {}, "mfcc": {}, "waveform": {}}


def models(**entries):
    return {"statistics": {}, **entries}


def refusal(study, name):
    with pytest.raises(ZooError) as caught:
        input_of(study, name)
    assert caught.value.exit_code == WRONG_USAGE
    return caught.value


def test_an_input_of_a_kind_that_the_architecture_does_not_take_is_refused_with_those_it_takes(tiny_study):
    study = tiny_study(inputs=HEARD, models=models(other={"architecture": "bilstm", "input": "waveform"}))
    error = refusal(study, "other")
    assert error.message == (
        "models.other: bilstm takes bands or coefficients, but the input waveform is of the kind waveform"
    )


def test_two_models_may_share_an_architecture_and_differ_in_input(tiny_study):
    study = tiny_study(inputs=HEARD, models=models(other={"architecture": "statistics", "input": "mfcc"}))
    assert [input_of(study, name).kind for name in study.models] == ["bands", "coefficients"]


def test_an_input_whose_kind_has_no_augmentation_stated_is_refused_with_what_to_add(tiny_study):
    study = tiny_study(train={"augmentation": {"coefficients": {}}})
    error = refusal(study, "cnn")
    assert "train.augmentation has no entry for bands" in error.message and "`bands: {}`" in error.hint


def test_an_augmentation_that_the_input_cannot_bear_is_refused(tiny_study):
    study = tiny_study(inputs=HEARD, models=models(other={"architecture": "cnn1d", "input": "mfcc"}))
    strengths = study.train.augmentation | {"coefficients": {"gain": 3.0}}
    study = study.model_copy(update={"train": study.train.model_copy(update={"augmentation": strengths})})
    assert "gain would spoil coefficients" in refusal(study, "other").message
    input_of(study, "statistics")


def test_what_is_fitted_at_once_has_no_epoch_to_be_selected_as_published(tiny_study):
    own = {"architecture": "ridge", "input": "egemaps"}
    heard = HEARD | {"egemaps": {}}
    study = tiny_study(inputs=heard, models={"other": own, "leaky": own | {"selection": "as_published"}})
    task_of(study, "other", CLASSES)
    with pytest.raises(ZooError, match=r"models\.leaky: ridge is fitted at once"):
        task_of(study, "leaky", CLASSES)


@pytest.mark.parametrize(
    ("task", "entry", "rows"),
    [
        ("categorical", {}, 54),
        ("soft", {"votes": "raters"}, 54),
        ("dimensional", {}, 54),
        ("multitask", {"parts": {"dimensional": {}, "sex": {}}}, 54),
    ],
)
def test_the_data_of_every_task_have_its_targets(tiny_study, task, entry, rows):
    study = tiny_study(tasks={task: entry}, models={"statistics": {"task": task}})
    data = data_of(study, "statistics")
    examples = data.examples(data.everything())
    assert examples.targets.shape == (rows, data.task.num_outputs)
    assert np.isfinite(examples.targets).all()


def test_a_corpus_without_what_a_task_learns_from_is_named(tiny_study):
    """The labels of the tiny study are acted: nobody voted for them."""
    study = tiny_study(tasks={"soft": {}}, models={"statistics": {"task": "soft"}})
    with pytest.raises(ZooError, match=r"models\.statistics: emodb has nothing that the task soft can learn from"):
        load(study, "emodb", "statistics")


def test_an_utterance_without_a_label_is_of_use_to_the_tasks_that_need_none(tiny_study):
    """One cut of the speakers serves every task; a tied vote is lost to the classes only."""
    tasks = {"categorical": {}, "soft": {"votes": "raters"}, "dimensional": {}}
    study = tiny_study(tasks=tasks, models={name: {"architecture": "statistics", "task": name} for name in tasks})
    path, manifest = (study.derived / name / "emodb.parquet" for name in ("folds", "manifest"))
    tied = pl.col("utterance_id") == "s0anger2"
    folds = FOLDS.read(path).with_columns(label=pl.when(~tied).then("label"))
    FOLDS.write(folds, path, {"manifest": manifest})
    found = {name: load(study, "emodb", name) for name in tasks}
    assert {name: "s0anger2" in data.everything()["utterance_id"] for name, data in found.items()} == {
        "categorical": False,
        "soft": True,
        "dimensional": True,
    }
    assert all(data.cut.equals(found["soft"].cut) and data.classes == CLASSES for data in found.values())


def test_what_a_model_states_of_its_training_holds_in_its_search_its_folds_and_its_release(tiny_study):
    models = {"statistics": {}, "own": {"architecture": "statistics", "train": {"mixup": 0.4, "batch_size": 4}}}
    study = tiny_study(models=models, tune={"num_trials": 1})
    tried = {}

    def run(study, trials):
        tried.update({trial.model: trial.job.recipe for trial in trials})
        return in_place(study, trials)

    search(study, run=run)
    for name, wanted in {"statistics": (0.0, 8), "own": (0.4, 4)}.items():
        train(study, name)
        selection = json.loads((study.derived / f"tuned/{name}/emodb.json").read_text())
        trained = prepare(study, "emodb", name, selection)
        recipes = [tried[name], *trained.release, *(job.recipe for jobs in trained.folds for job in jobs)]
        assert {(recipe.mixup, recipe.batch_size) for recipe in recipes} == {wanted}
        settings = release(study, name).train
        assert (settings["mixup"], settings["batch_size"]) == wanted


def test_features_of_another_input_than_the_study_s_are_refused_before_a_training(tiny_study):
    study = tiny_study()
    load(study, "emodb", "statistics")
    other = study.model_copy(update={"inputs": {"log_mel": {"steps": {}}}})
    with pytest.raises(ZooError) as caught:
        load(other, "emodb", "statistics")
    assert caught.value.message == (
        "the features in derived/tiny/features/emodb/log_mel are not of inputs.log_mel as it is now: steps differ"
    )
    assert "dvc repro" in caught.value.hint
