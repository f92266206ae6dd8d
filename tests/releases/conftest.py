"""A project as a study leaves it, without its hours: two synthetic corpora and an untrained baseline for each."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml
from typer.testing import CliRunner, Result

from zoo.hashes import sha256_of
from zoo.library.manifest import build as build_manifest
from zoo.releases.catalogue import Catalogue
from zoo.releases.package import package
from zoo.releases.publish import publish
from zoo.runtime.release import InputOf, Network, Release, TaskOf, Tuned
from zoo.study.study import Study
from zoo.synthetic import write as write_corpus
from zoo.tables import differences
from zoo.tables.differences import DIFFERENCES
from zoo.tables.folds import FOLDS
from zoo.tables.manifest import MANIFEST
from zoo.tables.predictions import PREDICTIONS
from zoo.tables.scores import SCORES, write_csv

TOP = Path(__file__).parents[2]
CORPORA = ("emodb", "ravdess")


def study_of(folder: Path, name: str = "mini") -> Study:
    values = yaml.safe_load((TOP / "studies/embedded.yaml").read_text(encoding="utf-8"))
    values["cross"] |= {"cells": ["each"], "methods": {}, "stress": False}
    values |= {"study": name, "corpora": list(CORPORA), "synthetic": list(CORPORA)}
    values["models"] = {"statistics": {"input": "log_mel"}}
    values["labels"] = dict.fromkeys(CORPORA, "native")
    (folder / "params.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")
    return Study.model_validate(values)


@contextmanager
def inside(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def write_trained(study: Study, corpus: str, seed: int, number: int = 1, **changes: Any) -> Release:
    """weights.safetensors, release.json and utterances.txt as a training leaves them.

    number: of networks. changes: to the fields of the release.
    """
    import torch

    from zoo import architectures, corpora, inputs, tasks
    from zoo.inputs.contract import Spec
    from zoo.runtime import release as releases
    from zoo.runtime import weights

    classes = sorted(corpora.get(corpus).native_labels)
    manifest = study.derived / "manifest" / f"{corpus}.parquet"
    values: dict[str, Any] = {
        "model": "statistics",
        "corpus": corpus,
        "task": TaskOf(name="categorical", task_type="categorical", options={}),
        "classes": classes,
        "base": None,
        "scheme": "native",
        "protocol": "leave_one_speaker_out",
        "seeds": [seed],
        "precision": "float32",
        "weights_precision": weights.PRECISION,
        "train": {"batch_size": 16, "augmentation": {"bands": {"tempo": 0.1}}},
        "tuned": Tuned(groups=2, num_trials=2, dev_measure="UAR", mean_dev_score=0.6),
        "sources": {"manifest": sha256_of(manifest)},
    } | changes
    spec = values.pop("spec", Spec("log_mel"))
    heard = inputs.build(spec)
    num_outputs = tasks.build(values["task"].entry, "task", classes).num_outputs
    networks = []
    for one in range(number):
        torch.manual_seed(seed + one)
        network = architectures.build("statistics", {"dropout": 0.1}, heard.num_dims, num_outputs)
        network.mean.fill_(-45.0)
        network.std.fill_(17.0)
        networks.append(network)
    release = Release(
        networks=[
            Network(
                architecture="statistics",
                hyperparameters={"dropout": 0.1},
                num_parameters=network.num_parameters,
                config_id=0,
                seed=seed,
                epochs=3,
                fold_epochs=[2, 3, 4],
                learning_rate=0.001,
                weight_decay=0.01,
                augmentation=0.3,
            )
            for network in networks
        ],
        input=InputOf.stated(spec, heard.num_dims, heard.facts),
        **values,
    )
    folder = study.derived / "trained" / release.model / corpus
    folder.mkdir(parents=True, exist_ok=True)
    weights.save(networks, folder / "weights.safetensors")
    releases.write(release, folder / "release.json")
    names = MANIFEST.read(manifest)["utterance_id"].to_list()
    (folder / "utterances.txt").write_text("\n".join(names), encoding="utf-8")
    log = study.derived / "logs" / "train" / corpus / "statistics.json"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text(json.dumps({"seconds": 12.5, "device": "cpu"}), encoding="utf-8")
    return release


def write_folds(study: Study, corpus: str, manifest: Path) -> None:
    """A single fold: releases are trained on all that is in it."""
    rows = [
        {
            **row,
            "protocol": "leave_one_speaker_out",
            "fold": 0,
            "split": "train",
            "scheme": "native",
            "label": row["native_label"],
        }
        for row in MANIFEST.read(manifest).to_dicts()
    ]
    FOLDS.write(FOLDS.frame(rows), study.derived / "folds" / f"{corpus}.parquet", {"manifest": manifest})


def write_scores(study: Study, uar: float = 0.61) -> None:
    """uar: of emodb's model within its corpus; all other figures are made up."""
    rows = []
    for source in CORPORA:
        for target in CORPORA:
            within = source == target
            for metric, value in (("uar", uar if source == target == "emodb" else 0.61), ("accuracy", 0.63)):
                rows.append(
                    {
                        "study": study.study,
                        "model": "statistics",
                        "task": "categorical",
                        "source": source,
                        "target": target,
                        "scheme": "native" if within else "core4",
                        "trained_scheme": "native",
                        "mode": "trained" if within else "mapped",
                        "protocol": "leave_one_speaker_out" if within else "release",
                        "metric": metric,
                        "group": "all",
                        "value": value,
                        "low": value - 0.1,
                        "high": min(1.0, value + 0.1),
                        "interval": "jackknife over 10 speakers, t, 95 %",
                        "num_utterances": 110,
                        "num_speakers": 10,
                        "num_seeds": 1,
                        "source_origin": "synthetic",
                        "target_origin": "synthetic",
                    }
                )
    write_csv(SCORES.frame(rows), study.reports / "scores.csv")
    differences.write_csv(DIFFERENCES.frame([]), study.reports / "differences.csv")
    (study.derived / "best.json").write_text("{}\n", encoding="utf-8")


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project, made once; tests work on copies."""
    folder = tmp_path_factory.mktemp("made")
    with inside(folder):
        study = study_of(folder)
        for corpus in CORPORA:
            place = Path("derived/synthetic") / corpus
            write_corpus(corpus, place)
            manifest = study.derived / "manifest" / f"{corpus}.parquet"
            MANIFEST.write(build_manifest(corpus, place), manifest, {})
            write_folds(study, corpus, manifest)
            write_trained(study, corpus, seed=1)
        write_scores(study)
        package(study, study.derived / "zoo")
    return folder


@pytest.fixture
def project(made: Path, fingerprints_once: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the project to work in, with a cache and nothing published."""
    folder = tmp_path / "project"
    shutil.copytree(made, folder, ignore=shutil.ignore_patterns("synthetic", "published"))
    (folder / "derived" / "synthetic").symlink_to(made / "derived" / "synthetic")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("ZOO_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("ZOO_CATALOGUES", raising=False)
    # as if nothing came with zoo: the shipped models of recorded speech would come before these
    monkeypatch.setattr("zoo.releases.catalogue.shipped", lambda: Catalogue("models"))
    return folder


@pytest.fixture(scope="session")
def fingerprints_once() -> Iterator[None]:
    """Compute the fingerprints of the same synthetic recordings once, however often models of them are published."""
    from zoo.releases import fingerprints

    whole, known = fingerprints._found, {}

    def found(place: Path, corpus: str, wanted: set[str]) -> dict[str, bytes]:
        key = (corpus, frozenset(wanted))
        if key not in known:
            known[key] = whole(place, corpus, wanted)
        return dict(known[key])

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(fingerprints, "_found", found)
        yield


@pytest.fixture(scope="session")
def published(made: Path, fingerprints_once: None) -> Path:
    """A catalogue with the project's two models as 0.1.0, made once; tests work on copies."""
    with inside(made):
        publish(Path("derived/mini/zoo"), Catalogue("published"))
    return made / "published"


@pytest.fixture
def released(project: Path, published: Path) -> Path:
    """The project, with both models in its catalogue."""
    shutil.copytree(published, project / "models")
    return project


@pytest.fixture
def zoo(project: Path) -> Callable[..., Result]:
    """Run the command line in the project."""
    from zoo.cli import app

    return lambda *words: CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def retrained(project: Path) -> Callable[..., None]:
    """Train (so to speak) emodb's model again with another seed and package it.

    uar: of its tests. predictions: of them, where the study has any. changes: as of write_trained.
    """

    def again(seed: int = 2, uar: float = 0.61, predictions: pl.DataFrame | None = None, **changes: Any) -> None:
        study = study_of(project)
        write_trained(study, "emodb", seed, **changes)
        if "spec" in changes and changes["spec"].copies:  # the models of both corpora may then average over views
            write_trained(study, "ravdess", 1, spec=changes["spec"])
        write_scores(study, uar)
        (study.reports / "predictions.parquet").unlink(missing_ok=True)
        if predictions is not None:
            PREDICTIONS.write(predictions, study.reports / "predictions.parquet", {})
        package(study, study.derived / "zoo")

    return again
