"""A tiny study that trains in a second: made-up features of made-up speakers, written through the real tables."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import yaml

pytest_plugins = ("fixtures.corpora", "fixtures.folds", "fixtures.projects")

TOP = Path(__file__).parents[1]
CLASSES = ("anger", "fear", "neutral")
DIMS = 6


def pytest_collection_modifyitems(items):
    """The tests that build the mini study come first: one worker does, while another has tests that need none."""
    items.sort(key=lambda item: item.path.name != "test_dependencies.py")


def tiny_frames(speaker, label, number, rng, difference):
    """Bands of a class are raised, every speaker has a level of their own."""
    length = int(rng.integers(12, 25))
    frames = rng.normal(size=(length, DIMS)) + 0.3 * speaker
    frames[:, 2 * label : 2 * label + 2] += difference
    return frames.astype(np.float32)


def write_features(folder, frames):
    """A log_mel store of DIMS bands."""
    from zoo import inputs
    from zoo.inputs.store import Writer

    folder.mkdir(parents=True, exist_ok=True)
    with Writer(folder, replace(inputs.of_study({"log_mel": {}}, "log_mel"), num_dims=DIMS), "float32") as writer:
        for name, array in frames.items():
            writer.add(name, array)


def write_copies(study, copies, corpus="emodb"):
    """The features with copies of each utterance, each louder than the one before."""
    from zoo import inputs
    from zoo.inputs.store import INDEX, Store, Writer

    folder = study.derived / "features" / corpus / "log_mel"
    store = Store(folder)
    rows = {name: store.frames(name).copy() for name in pl.read_parquet(folder / INDEX)["utterance_id"]}
    with Writer(folder, replace(inputs.of_study({"log_mel": {}}, "log_mel"), num_dims=DIMS), "float32") as writer:
        for name, frames in rows.items():
            for copy in range(copies + 1):
                writer.add(name, frames + copy, copy)


def write_rows(study, corpus="emodb"):
    """A store of the study's functionals (egemaps): the mean of every band over time."""
    from zoo import inputs
    from zoo.inputs.store import INDEX, Store, Writer

    store = Store(study.derived / "features" / corpus / "log_mel")
    folder = study.derived / "features" / corpus / "egemaps"
    folder.mkdir(parents=True, exist_ok=True)
    with Writer(folder, replace(inputs.of_study({"egemaps": {}}, "egemaps"), num_dims=DIMS), "float32") as writer:
        index = pl.read_parquet(store.folder / INDEX)
        for name, copy in index.select("utterance_id", "copy").iter_rows():
            writer.add(name, store.frames(name, copy=copy).mean(axis=0, keepdims=True), copy)


def write_study(top, num_speakers=6, takes=3, difference=0.7, **changes):
    """Manifest, folds and features of the corpus emodb under top/derived/tiny; returns the Study.

    changes: values of params.yaml, such as tune={"num_trials": 3}; models: also a list of architectures, which all hear
    log_mel. With corpora=["emodb", "ravdess"] both are made up.
    """
    from zoo.study.study import Study

    values = yaml.safe_load((TOP / "studies/embedded.yaml").read_text())
    values["cross"] |= {"cells": ["each"], "methods": {}, "stress": False}
    values |= {"study": "tiny", "corpora": ["emodb"], "inputs": {"log_mel": {}}}
    values["models"] = models_of(["statistics", "cnn"])
    values["folds"] |= dict.fromkeys(("emodb", "ravdess"), "leave_one_speaker_out")
    values["tune"] |= {"num_trials": 2, "groups": 2, "max_epochs": 3, "patience": 3, "executor": "inline"}
    values["train"] |= {"max_epochs": 4, "patience": 4, "batch_size": 8, "crop_s": 0.15}
    values["train"]["augmentation"] |= {"functionals": {}}
    values["execute"] |= {"workers": 1}
    values["evaluate"] |= {"gain": False}  # there are no recordings
    for section, change in changes.items():
        if section == "models":
            values[section] = models_of(change)
        else:
            values[section] = values[section] | change if isinstance(change, dict) else change
    study = Study.model_validate(values)

    for corpus in study.corpora:
        write_corpus(top, study, corpus, num_speakers, takes, difference)
    return study


def models_of(architectures):
    """The section `models` of architectures in a list; a mapping as it is, with log_mel where no input is stated."""
    entries = {name: {} for name in architectures} if isinstance(architectures, list) else architectures
    return {name: {"input": "log_mel", **entry} for name, entry in entries.items()}


def raters(label, number):
    """The raters' votes of an utterance: most of them for its label, and every third time a tie."""
    words = [CLASSES[label], CLASSES[(label + 1) % len(CLASSES)]]
    counts = [2, 2] if number % 3 == 2 else [3, 1]
    return [
        {"source": "raters", "label": word, "count": float(count)} for word, count in zip(words, counts, strict=True)
    ]


def write_corpus(top, study, corpus, num_speakers=6, takes=3, difference=0.7):
    """Manifest, folds and features of one corpus of a tiny study, in the place of former ones."""
    from zoo.folds.cut import cut
    from zoo.tables.folds import FOLDS
    from zoo.tables.manifest import MANIFEST

    rng = np.random.default_rng(7 + study.corpora.index(corpus))
    rows, frames = [], {}
    for speaker in range(num_speakers):
        for label, word in enumerate(CLASSES):
            for number in range(takes):
                name = f"s{speaker}{word}{number}"
                frames[name] = tiny_frames(speaker, label, number, rng, difference)
                rows.append(
                    {
                        "corpus": corpus,
                        "utterance_id": name,
                        "path": f"{name}.wav",
                        "speaker_id": f"s{speaker}",
                        "sex": ("male", "female")[speaker % 2],
                        "language": "de",
                        "licence": "CC-BY-4.0",
                        "native_label": word,
                        "text_id": f"t{number}",
                        "take_group": name,
                        "elicitation": "acted",
                        "label_source": "acted",
                        "votes": raters(label, number),
                        "valence": 0.25 * label + 0.05 * number,
                        "arousal": 0.9 - 0.3 * label,
                        "dominance": 0.1 * speaker,
                        "duration_s": len(frames[name]) / 100,
                        "sampling_rate_hz": 16000,
                        "channels": 1,
                        "level_dbfs": -20.0,
                        "peak": 0.5,
                        "dc_offset": 0.0,
                        "clipped": 0.0,
                        "sha256_file": name,
                        "sha256_samples": name if corpus == "emodb" else f"{name} of {corpus}",
                        "origin": "synthetic",
                    }
                )
    derived = top / study.derived
    manifest = derived / "manifest" / f"{corpus}.parquet"
    MANIFEST.write(MANIFEST.frame(rows), manifest, {})
    table = cut(MANIFEST.read(manifest), corpus, "native", study.folds[corpus])
    FOLDS.write(table, derived / "folds" / f"{corpus}.parquet", {"manifest": manifest})
    write_features(derived / "features" / corpus / "log_mel", frames)


@pytest.fixture
def tiny_study(tmp_path, monkeypatch):
    """Writes tiny studies: tiny_study(name="a", **changes) makes tmp_path/name, goes there and returns the Study."""
    import torch

    from zoo.folds import pool

    threads = torch.get_num_threads()
    torch.set_num_threads(1)

    def make(name="study", **changes):
        top = tmp_path / name
        top.mkdir(exist_ok=True)
        monkeypatch.chdir(top)
        study = write_study(top, **changes)
        pool.write(study)
        return study

    yield make
    torch.set_num_threads(threads)


@pytest.fixture
def rewrite_features():
    """rewrite_features(folder, frames by utterance_id): another store in the place of the former one."""
    return write_features


@pytest.fixture
def rewrite_corpus():
    """rewrite_corpus(study, corpus, **changes): a corpus of the tiny study in the current folder, made up anew."""
    return lambda study, corpus, **changes: write_corpus(Path.cwd(), study, corpus, **changes)
