"""The poison test: nothing that is known from test speakers alone changes the model they are tested with.

In a study of six speakers the labels of one speaker are permuted (class counts stay), or that speaker's features are
replaced by noise. Then the search that serves the speaker's fold, the fold's model and, for poisoned labels, the
model's predictions for the speaker must be unchanged, to the last bit. Two deliberate leaks show that the test would
detect one.
"""

import json
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
import torch
from fixtures.trainings import in_place

from zoo.inputs.store import Store
from zoo.runtime.inference import probabilities
from zoo.tables.folds import FOLDS
from zoo.tables.manifest import MANIFEST
from zoo.tables.predictions import predictions_of
from zoo.training import corpus as corpora
from zoo.training import model as models
from zoo.training.data import load
from zoo.tuning import search as searching

ARCHITECTURES = ["statistics", "cnn"]
SPEAKER = "s2"
CONSTANTS = dict.fromkeys(
    ("architecture", "source", "target", "protocol", "fold", "trained_scheme", "source_origin", "target_origin"), ""
) | {"seed": 1}


def permute_labels(study, rewrite_features):
    """Each utterance of the speaker gets another class; each class keeps its number."""
    derived = study.derived
    manifest = derived / "manifest" / "emodb.parquet"
    rows = FOLDS.read(derived / "folds" / "emodb.parquet")
    words = sorted(rows["label"].unique())
    following = dict(zip(words, words[1:] + words[:1], strict=True))
    own = pl.col("speaker_id") == SPEAKER

    def poisoned(column):
        return pl.when(own).then(pl.col(column).replace_strict(following)).otherwise(pl.col(column)).alias(column)

    MANIFEST.write(MANIFEST.read(manifest).with_columns(poisoned("native_label")), manifest, {})
    FOLDS.write(rows.with_columns(poisoned("label")), derived / "folds" / "emodb.parquet", {"manifest": manifest})


def replace_by_noise(study, rewrite_features):
    """The speaker's frames become loud noise."""
    folder = study.derived / "features" / "emodb" / "log_mel"
    store, rng = Store(folder), np.random.default_rng(99)
    frames = {}
    for name in pl.read_parquet(folder / "index.parquet")["utterance_id"]:
        frames[name] = store.frames(name).copy()
        if name.startswith(SPEAKER):
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
    for architecture in ARCHITECTURES:
        tuned = json.loads((study.derived / "tuned" / architecture / "emodb.json").read_text())
        [(number, group)] = [(n, g) for n, g in enumerate(tuned["groups"]) if fold in g["folds"]]
        facts[architecture, "search"] = group
        facts[architecture, "trials"] = [trial for trial in tuned["trials"] if trial["group"] == number]

        data = load(study, "emodb", architecture)
        jobs = corpora.prepare(study, "emodb", architecture, tuned).folds
        own = data.split(fold, "test")["utterance_id"].to_list()
        [job] = [replace(job, with_weights=True) for job in jobs if job.test.utterance_ids == own]
        [(outcome, _)] = models.run([job], 1, study.derived / "scratch" / "poison", "poison")
        facts[architecture, "training"] = (outcome.best_epoch, outcome.dev_uar)
        facts[architecture, "weights"] = {name: value.numpy().tobytes() for name, value in outcome.weights.items()}

        predicted = predictions_of(data.split(fold, "test"), probabilities(outcome.logits), data.classes, **CONSTANTS)
        facts[architecture, "predictions"] = predicted.select("utterance_id", "predicted", "probabilities").rows()
        assert set(predicted["speaker_id"]) == {SPEAKER}
    return facts


def differences(one, other):
    assert one.keys() == other.keys()
    return {key for key in one if one[key] != other[key]}


@pytest.fixture
def results(tiny_study, rewrite_features):
    """results(poison): what is decided in the clean study, and in the poisoned one."""

    def both(poison, **changes):
        facts = []
        for name in ("clean", "poisoned"):
            study = tiny_study(name, architectures=ARCHITECTURES, **changes)
            if name == "poisoned":
                POISONS[poison](study, rewrite_features)
            searching.search(study, run=in_place)
            facts.append(decided(study))
        return facts

    return both


@pytest.mark.parametrize("refit", [False, True])
@pytest.mark.parametrize("poison", POISONS)
def test_poison_in_a_test_speaker_reaches_nothing(results, poison, refit):
    clean, poisoned = results(poison, train={"refit": refit})
    moved = differences(clean, poisoned)
    # noise does change the predictions for the speaker; the model itself is the same
    allowed = {(architecture, "predictions") for architecture in ARCHITECTURES} if poison == "features" else set()
    assert moved == allowed


def leak_into_search(monkeypatch):
    """Every search trains and selects on all speakers, as a search per corpus would."""
    honest = searching.search_groups

    def leaky(folds, number):
        everyone = tuple(sorted(folds["speaker_id"].unique()))
        return [replace(group, train=everyone[::2], dev=everyone[1::2]) for group in honest(folds, number)]

    monkeypatch.setattr(searching, "search_groups", leaky)


def leak_into_selection(monkeypatch):
    """The best epoch is chosen on the test speakers, as in many published scripts."""
    honest = corpora.fold_job

    def leaky(*args):
        job = honest(*args)
        return replace(job, dev=job.test)

    monkeypatch.setattr(corpora, "fold_job", leaky)


@pytest.mark.parametrize(
    ("leak", "poison", "seen"),
    [
        (leak_into_search, "labels", "trials"),
        (leak_into_search, "features", "trials"),
        (leak_into_selection, "labels", "training"),
        (leak_into_selection, "features", "training"),
    ],
)
def test_the_poison_shows_a_leak_that_was_built_in(results, monkeypatch, leak, poison, seen):
    leak(monkeypatch)
    moved = differences(*results(poison))
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
