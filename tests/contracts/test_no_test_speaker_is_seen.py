"""The poison test: nothing that is known from test speakers or sentences alone changes the model they are tested with.

In a study of six speakers everything that is right about one speaker's utterances (labels, votes, dimensions) is
exchanged (class counts stay), or that speaker's features are replaced by noise. Then the search that serves the
speaker's fold, the fold's model and, for poisoned labels, the model's predictions for the speaker must be unchanged, to
the last bit, whatever the task is. The same holds for the features of sentences where folds hold sentences out. Two
deliberate leaks, and a model that is selected as published, show that the test would detect one.
"""

import json
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
import torch
from conftest import write_rows
from fixtures.trainings import in_place

from zoo.execute.settings import settings_of
from zoo.inputs.store import Store
from zoo.tables.folds import FOLDS
from zoo.tables.manifest import MANIFEST
from zoo.tasks.dimensional import DIMENSIONS
from zoo.training import corpus as corpora
from zoo.training.data import CorpusData, load
from zoo.training.run import run
from zoo.tuning import search as searching

TASKS = {
    "categorical": {},
    "soft": {"votes": "raters"},
    "dimensional": {},
    "multitask": {"parts": {"categorical": {}, "soft": {"votes": "raters"}, "dimensional": {}, "sex": {"weight": 0.2}}},
}
MODELS = ("statistics", "cnn")
NARROW = {"architecture": "cnn", "fixed": {"width": 4}}
SHORT = {"max_epochs": 2, "patience": 2}  # what leaks does so at any width, and in every epoch
SPEAKER = "s2"


def permute_labels(study, rewrite_features):
    """Each utterance of the speaker gets another class, votes and dimensions; each class keeps its number."""
    derived = study.derived
    manifest = derived / "manifest" / "emodb.parquet"
    rows = FOLDS.read(derived / "folds" / "emodb.parquet")
    words = sorted(rows["label"].unique())
    following = dict(zip(words, words[1:] + words[:1], strict=True))
    own = pl.col("speaker_id") == SPEAKER

    def poisoned(column):
        return pl.when(own).then(pl.col(column).replace_strict(following)).otherwise(pl.col(column)).alias(column)

    def exchanged(votes):
        return [vote | {"label": following[vote["label"]]} for vote in votes]

    table = MANIFEST.read(manifest)
    votes = [exchanged(votes) if who == SPEAKER else votes for who, votes in table.select("speaker_id", "votes").rows()]
    opposite = [pl.when(own).then(1 - pl.col(name)).otherwise(pl.col(name)).alias(name) for name in DIMENSIONS]
    rated = table.with_columns(poisoned("native_label"), pl.Series("votes", votes, table.schema["votes"]), *opposite)
    MANIFEST.write(rated, manifest, {})
    FOLDS.write(rows.with_columns(poisoned("label")), derived / "folds" / "emodb.parquet", {"manifest": manifest})


def replace_by_noise(study, rewrite_features, poisoned=lambda name: name.startswith(SPEAKER)):
    """The frames of the speaker, or of other utterances, become loud noise. poisoned(utterance_id)."""
    folder = study.derived / "features" / "emodb" / "log_mel"
    store, rng = Store(folder), np.random.default_rng(99)
    frames = {}
    for name in pl.read_parquet(folder / "index.parquet")["utterance_id"]:
        frames[name] = store.frames(name).copy()
        if poisoned(name):
            frames[name] = (50 * rng.normal(size=frames[name].shape)).astype(np.float32)
    rewrite_features(folder, frames)


POISONS = {"labels": permute_labels, "features": replace_by_noise}


def decided(study):
    """Everything that determines the poisoned speaker's fold, and its model's predictions: exact values by name."""
    [fold] = (
        FOLDS.read(study.derived / "folds" / "emodb.parquet")
        .filter((pl.col("speaker_id") == SPEAKER) & (pl.col("split") == "test"))["fold"]
        .unique()
    )
    facts = {}
    for model in study.models:
        tuned = json.loads((study.derived / "tuned" / model / "emodb.json").read_text())
        [(number, group)] = [(n, g) for n, g in enumerate(tuned["groups"]) if fold in g["folds"]]
        facts[model, "search"] = group
        facts[model, "trials"] = [trial for trial in tuned["trials"] if trial["group"] == number]

        data = load(study, "emodb", model)
        jobs = corpora.prepare(study, "emodb", model, tuned).folds
        own = data.split(fold, "test")["utterance_id"].to_list()
        [job] = [replace(job, with_weights=True) for [job] in jobs if job.test.utterance_ids == own]
        settings = replace(settings_of(study, "train"), executor="inline")
        [finished] = run([job], settings, study.derived / "scratch" / "poison", "poison")
        outcome = finished.outcome
        facts[model, "training"] = (outcome.best_epoch, outcome.dev_score)
        facts[model, "weights"] = {name: value.numpy().tobytes() for name, value in outcome.weights.items()}

        answers = data.task.answers(data.split(fold, "test"), outcome.outputs)
        assert set(answers["speaker_id"]) == {SPEAKER}
        facts[model, "predictions"] = answers.select(
            "utterance_id", "task", "predicted", "probabilities", "values", "logits"
        ).rows()
    return facts


def differences(one, other):
    assert one.keys() == other.keys()
    return {key for key in one if one[key] != other[key]}


CLEAN = {}  # what is decided in a clean study, by what is asked: the same for every poison


@pytest.fixture
def results(tiny_study, rewrite_features):
    """results(poison, task): what is decided in the clean study, and in the poisoned one. leak: what was built in."""

    def of(name, poison, task, changes):
        models = changes.pop("models", {"statistics": {}, "cnn": NARROW}) | changes.pop("also", {})
        models = {model: {"task": task, **entry} for model, entry in models.items()}
        training = SHORT | changes.pop("train", {})
        study = tiny_study(name, tasks={task: TASKS[task]}, models=models, train=training, tune=SHORT, **changes)
        if poison:
            POISONS[poison](study, rewrite_features)
        if "egemaps" in study.inputs:
            write_rows(study)
        searching.search(study, run=in_place)
        return decided(study)

    def both(poison, task, leak="", **changes):
        key = json.dumps([task, leak, changes])
        if key not in CLEAN:
            CLEAN[key] = of("clean", "", task, dict(changes))
        return CLEAN[key], of("poisoned", poison, task, dict(changes))

    return both


def others_slow(task, *also, usual=("categorical", "multitask")):
    """A case of a task; multitask asks everything that there is, so the parts alone are for those who wait."""
    return pytest.param(task, *also, marks=() if task in usual else pytest.mark.slow)


# refit on train and dev is what studies do; without it, nothing but the first half is done
@pytest.mark.parametrize(
    ("task", "refit"),
    [*(others_slow(task, True) for task in TASKS), pytest.param("categorical", False, marks=pytest.mark.slow)],
)
@pytest.mark.parametrize("poison", POISONS)
def test_poison_in_a_test_speaker_reaches_nothing(results, poison, refit, task):
    clean, poisoned = results(poison, task, train={"refit": refit})
    moved = differences(clean, poisoned)
    # noise does change the predictions for the speaker; the model itself is the same
    allowed = {(model, "predictions") for model in MODELS} if poison == "features" else set()
    assert moved == allowed


@pytest.mark.parametrize(("poison", "seen"), [("labels", {"search"}), ("features", {"search", "weights"})])
def test_what_is_selected_as_published_is_not_clean_and_its_nested_twin_is(results, poison, seen):
    published = {**NARROW, "selection": "as_published"}
    moved = differences(*results(poison, "categorical", also={"published": published}))
    assert {what for model, what in moved if model == "published"} >= seen
    assert {(model, what) for model, what in moved if model != "published"} == (
        {(model, "predictions") for model in MODELS} if poison == "features" else set()
    )


DISTILLED = {
    "inputs": {"egemaps": {}},
    "models": {
        "ridge": {"input": "egemaps"},
        "distilled": {"architecture": "statistics", "teacher": {"model": "ridge", "share": 0.7}},
    },
}


@pytest.mark.parametrize("poison", POISONS)
def test_a_teacher_tells_nothing_of_a_test_speaker(results, poison):
    pytest.importorskip("opensmile")
    moved = differences(*results(poison, "categorical", **DISTILLED))
    assert moved == ({(model, "predictions") for model in DISTILLED["models"]} if poison == "features" else set())


@pytest.mark.parametrize("poison", POISONS)
def test_the_poison_shows_a_teacher_that_knows_every_speaker(results, monkeypatch, poison):
    pytest.importorskip("opensmile")
    honest = CorpusData.lesson
    monkeypatch.setattr(CorpusData, "lesson", lambda data, *parts: honest(data, data.everything()))
    moved = differences(*results(poison, "categorical", "everybody", **DISTILLED))
    assert {(model, what) for model, what in moved if what != "predictions"} >= {
        ("distilled", "weights"),
        ("distilled", "trials"),
    }


STARTED = {"models": {"cnn": NARROW, "second": {**NARROW, "start": {"model": "cnn", "corpus": "emodb", "epochs": 2}}}}


@pytest.mark.parametrize("poison", POISONS)
def test_what_a_network_starts_from_has_not_heard_a_test_speaker(results, poison):
    moved = differences(*results(poison, "categorical", **STARTED))
    assert moved == ({(model, "predictions") for model in STARTED["models"]} if poison == "features" else set())


@pytest.mark.parametrize("poison", POISONS)
def test_the_poison_shows_a_start_that_knows_every_speaker(results, monkeypatch, poison):
    monkeypatch.setattr(CorpusData, "allowed", lambda data, *_: data.everything())
    moved = differences(*results(poison, "categorical", "everybody", **STARTED))
    assert {(model, what) for model, what in moved if what != "predictions"} >= {
        ("second", "weights"),
        ("second", "trials"),
    }


def trials_by_folds(study):
    """What the search found for each group of folds."""
    tuned = json.loads((study.derived / "tuned" / "cnn" / "emodb.json").read_text())
    return {
        tuple(group["folds"]): [trial for trial in tuned["trials"] if trial["group"] == number]
        for number, group in enumerate(tuned["groups"])
    }


@pytest.fixture
def unmoved(tiny_study, rewrite_features):
    """unmoved(groups): of a search across sentences, the groups of folds that hold out the first sentences, and those
    whose trials are the same when these sentences become noise, whoever speaks them."""

    def searched(name, groups, poisoned):
        study = tiny_study(
            name, folds={"emodb": "across_sentences"}, models={"cnn": NARROW}, tune={"groups": groups, **SHORT}
        )
        replace_by_noise(study, rewrite_features, poisoned)
        searching.search(study, run=in_place)
        return study, trials_by_folds(study)

    def both(groups):
        study, clean = searched("clean", groups, lambda name: False)
        rows = load(study, "emodb", "cnn").folds
        tested = rows.filter((pl.col("text_set") == 0) & (pl.col("split") == "test"))
        assert set(tested["speaker_id"]) == set(rows["speaker_id"])
        _, poisoned = searched("poisoned", groups, set(tested["utterance_id"]).__contains__)
        held_out = {group for group in clean if set(group) <= set(tested["fold"])}
        return held_out, {group for group in clean if clean[group] == poisoned[group]}

    return both


@pytest.mark.parametrize("groups", [2, 5])
def test_poison_in_test_sentences_reaches_no_trial_of_the_folds_that_hold_them_out(unmoved, groups):
    held_out, same = unmoved(groups)
    assert len(held_out) == groups
    assert same == held_out


def forget_what_is_held_out(monkeypatch):
    """Every search uses all utterances of its speakers, as if folds held out speakers only."""
    monkeypatch.setattr(CorpusData, "untested", lambda data, folds: data.everything())


def test_the_poison_shows_a_leak_of_sentences_that_was_built_in(unmoved, monkeypatch):
    forget_what_is_held_out(monkeypatch)
    held_out, same = unmoved(2)
    assert held_out and not same


def leak_into_search(monkeypatch):
    """Every search trains and selects on all speakers, as a search per corpus would."""
    honest = searching.search_groups

    def leaky(folds, number):
        everyone = tuple(sorted(folds["speaker_id"].unique()))
        return [replace(group, parts=((everyone[::2], everyone[1::2]),)) for group in honest(folds, number)]

    monkeypatch.setattr(searching, "search_groups", leaky)
    forget_what_is_held_out(monkeypatch)


def leak_into_selection(monkeypatch):
    """The best epoch is chosen on the test speakers, as in many published scripts."""
    honest = corpora.fold_job

    def leaky(*args):
        job = honest(*args)
        return replace(job, dev=job.test)

    monkeypatch.setattr(corpora, "fold_job", leaky)


@pytest.mark.parametrize("task", [others_slow(task, usual=("multitask",)) for task in TASKS])
@pytest.mark.parametrize(
    ("leak", "poison", "seen"),
    [
        (leak_into_search, "labels", "trials"),
        (leak_into_search, "features", "trials"),
        (leak_into_selection, "labels", "training"),
        (leak_into_selection, "features", "training"),
    ],
)
def test_the_poison_shows_a_leak_that_was_built_in(results, monkeypatch, leak, poison, seen, task):
    leak(monkeypatch)
    moved = differences(*results(poison, task, leak.__name__))
    assert ("cnn", seen) in moved


def test_the_poison_keeps_what_folds_are_cut_by(tiny_study, rewrite_features):
    study = tiny_study()
    folds = FOLDS.read(study.derived / "folds" / "emodb.parquet")
    permute_labels(study, rewrite_features)
    poisoned = FOLDS.read(study.derived / "folds" / "emodb.parquet")
    changed = (folds["label"] != poisoned["label"]) & (folds["speaker_id"] == SPEAKER)
    assert changed.sum() == (folds["speaker_id"] == SPEAKER).sum()
    assert folds.drop("label").equals(poisoned.drop("label"))
    counts = [frame.group_by("speaker_id", "label").len().sort("speaker_id", "label") for frame in (folds, poisoned)]
    assert counts[0].equals(counts[1])
    assert torch.get_num_threads() == 1
