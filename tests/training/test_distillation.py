"""Distillation: what a network learns of its teacher's answers, and which teachers there cannot be."""

from dataclasses import replace

import numpy as np
import pytest
from conftest import DIMS, write_copies, write_rows
from fixtures.trainings import in_place, recipe, release, train

from zoo.errors import ZooError
from zoo.releases.readme import _distilled
from zoo.reporting.leaderboard import Line
from zoo.runtime.inference import outputs_of
from zoo.tasks.classes import softmax
from zoo.training import corpus as corpora
from zoo.training.batches import training_batches
from zoo.training.data import load, teacher_of
from zoo.training.distillation import taught
from zoo.training.resume import key_of
from zoo.training.solved import scored, solve
from zoo.tuning.search import search

pytest.importorskip("opensmile")
TEACHER = {"model": "ridge", "share": 0.7}
MODELS = {"ridge": {"input": "egemaps"}, "distilled": {"architecture": "statistics", "teacher": TEACHER}}


@pytest.fixture
def study(tiny_study):
    """study(copies, **changes): the tiny study with functionals, and a model that learns from a ridge on them."""

    def make(copies=0, **changes):
        heard = {"log_mel": {"copies": copies}, "egemaps": {"copies": copies}}
        found = tiny_study(**{"models": MODELS, "inputs": heard} | changes)
        if copies:
            write_copies(found, copies)
        write_rows(found)
        return found

    return make


def lesson_of(study):
    data = load(study, "emodb", "distilled")
    rows = data.split(0, "train")
    return data.examples(rows), data.lesson(rows), rows


def test_a_network_learns_a_mean_of_the_label_and_of_what_a_stranger_to_the_speaker_answers(study):
    examples, lesson, rows = lesson_of(study())
    told = taught(examples, lesson).of_copies
    assert told.shape == (len(rows), 1, 3)
    np.testing.assert_allclose(told.sum(axis=-1), 1, rtol=1e-5)
    shares = (told[:, 0] - 0.3 * examples.targets) / 0.7
    speakers = dict(rows.select("utterance_id", "speaker_id").iter_rows())
    every = []
    for known, asked in lesson.parts:
        assert not {speakers[name] for name in known.utterance_ids} & {speakers[name] for name in asked.utterance_ids}
        network = solve(lesson.recipe, known)
        every.append((asked, network))
    assert sorted(name for asked, _ in every for name in asked.utterance_ids) == sorted(examples.utterance_ids)
    outputs = np.concatenate([outputs_of(network, asked.store, asked.utterance_ids) for asked, network in every])
    asked = sum([one for one, _ in every[1:]], every[0][0])
    _, scale, _ = scored(lesson.recipe, outputs, asked)
    place = [asked.utterance_ids.index(name) for name in examples.utterance_ids]
    np.testing.assert_allclose(shares, softmax(outputs[place] * scale), atol=1e-5)


def test_an_augmented_copy_has_the_answers_that_the_teacher_gives_to_the_same_copy(study):
    examples, lesson, _ = lesson_of(study(copies=2))
    told = taught(examples, lesson)
    assert told.of_copies.shape[1] == 3 and not np.allclose(told.of_copies[:, 0], told.of_copies[:, 2])
    seen = set()
    of_frames = {
        told.store.frames(name, copy=copy).tobytes(): (row, copy)
        for row, name in enumerate(told.utterance_ids)
        for copy in range(3)
    }
    made = recipe(study(copies=2), "statistics", augmentation={}, crop_s=10.0)
    for inputs_of, lengths, targets in training_batches(told, made, np.zeros(DIMS, np.float32), 0):
        for frames, length, target in zip(inputs_of.numpy(), lengths, targets.numpy(), strict=True):
            row, copy = of_frames[frames[:length].tobytes()]
            seen.add(copy)
            np.testing.assert_array_equal(target, told.of_copies[row, copy])
    assert seen == {0, 1, 2}


def test_an_utterance_of_no_class_keeps_its_targets(study):
    examples, lesson, _ = lesson_of(study())
    examples.targets[3] = np.nan
    told = taught(examples, lesson).of_copies
    assert np.isnan(told[3]).all() and not np.isnan(np.delete(told, 3, axis=0)).any()


def test_a_training_is_another_one_with_another_teacher_or_share(study):
    found = study()
    [job] = corpora.prepare(found, "emodb", "distilled", selection(found)).folds[0]
    less = replace(job, lesson=replace(job.lesson, share=0.2))
    other = replace(job.lesson.recipe, hyperparameters={"alpha": 9.0})
    stronger = replace(job, lesson=replace(job.lesson, recipe=other))
    refit = replace(job, lesson_of_both=replace(job.lesson_of_both, parts=job.lesson.parts))
    keys = [key_of(one) for one in (job, less, stronger, refit, replace(job, lesson=None))]
    assert len(set(keys)) == 5


def selection(study, folds=range(6)):
    member = {
        "config_id": 0,
        "config": {"learning_rate": 3e-3, "weight_decay": 1e-2, "augmentation": 0.3, "hyperparameters": {}},
    }
    return {
        "groups": [{"folds": list(folds), "members": [member]}],
        "release": {"members": [member], "mean_dev_score": 0.5},
    }


def test_the_release_and_its_readme_name_the_teacher(study):
    found = study(train={"refit": False, "max_epochs": 1})

    search(found, run=in_place)
    train(found, "distilled")
    made = release(found, "distilled")
    assert (made.teacher.model, made.teacher.architecture, made.teacher.share) == ("ridge", "ridge", 0.7)
    assert made.teacher.input.input_type == "egemaps" and made.teacher.base is None
    [line] = _distilled(made)
    assert "70%" in line and "`ridge`" in line
    assert "distilled from ridge" in Line("d", {"uar": None}, False, False, None, False, "ridge").cells[0]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"teacher": {"model": "rigde"}}, "models has no 'rigde'"),
        ({"teacher": {"model": "other"}}, "other is not fitted at once"),
        ({"teacher": {"model": "distilled"}}, "distilled cannot teach itself"),
        ({"architecture": "ridge", "input": "egemaps", "teacher": TEACHER}, "ridge is fitted at once"),
        ({"task": "soft", "teacher": TEACHER}, "ridge is asked categorical, and distilled soft"),
        ({"input": "copied", "teacher": TEACHER}, "inputs.copied has 3 copies of each utterance, and ridge hears 0"),
    ],
)
def test_a_teacher_that_cannot_be_one_is_refused_by_name(tiny_study, changes, said):
    models = MODELS | {"other": {"architecture": "cnn"}}
    models["distilled"] = MODELS["distilled"] | changes
    heard = {"log_mel": {}, "egemaps": {}, "copied": {"input_type": "log_mel", "copies": 3}}
    found = tiny_study(models=models, inputs=heard, tasks={"categorical": {}, "soft": {"votes": "raters"}})
    with pytest.raises(ZooError, match=said):
        teacher_of(found, "distilled")


def test_a_teacher_needs_two_speakers_to_train_on(study):
    data = load(study(), "emodb", "distilled")
    with pytest.raises(ZooError, match="one speaker of emodb to train on"):
        data.lesson(data.folds.filter(data.folds["speaker_id"] == "s1"))
