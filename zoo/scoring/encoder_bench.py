"""A line of a leaderboard for any encoder: frozen, with a nested linear probe on its layers, beside what is known.

The same steps as the pipeline's, in one process, for a study that is made up here; what is kept in derived/scratch
makes an interrupted run go on.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from zoo import corpora, inputs
from zoo.checks.features import require_sound
from zoo.encoders import find
from zoo.errors import WRONG_USAGE, ZooError
from zoo.evaluation.study import write_scores
from zoo.execute.settings import settings_of
from zoo.folds.cut import cut
from zoo.inputs.extract import extract
from zoo.library.manifest import build
from zoo.scoring.cross_corpus import predict_cross_corpus
from zoo.study.cross import EACH
from zoo.study.params import BASELINES
from zoo.study.study import Study
from zoo.tables.costs import read_csv as read_costs
from zoo.tables.folds import FOLDS
from zoo.tables.manifest import MANIFEST
from zoo.tables.scores import read_csv
from zoo.training.corpus import prepare
from zoo.training.model import train
from zoo.tuning.run import run_trials
from zoo.tuning.search import search
from zoo.tuning.selection import read_selection

MODEL, INPUT = "probe", "encoder"
NUM_TRIALS = 16
PROTOCOLS = {"emodb": "leave_one_speaker_out", "ravdess": "luna_jimenez", "iemocap": "leave_one_session_out"}
PROTOCOL = "leave_speakers_out"  # of all other corpora
MAX_SLUG = 60


@dataclass(frozen=True)
class Line:
    """UAR of a model on a corpus, in its own classes, by the same protocol. study: whose figure it is."""

    corpus: str
    model: str
    study: str
    value: float | None
    low: float | None
    high: float | None
    num_trials: int | None
    seconds: float | None


def bench(
    checkpoint: str, revision: str | None, names: Sequence[str], data: Path, say: Callable[[str], None]
) -> list[Line]:
    """The line of an encoder for each corpus, and those of all studies in reports/, best first.

    checkpoint, revision: see `zoo.encoders.find`. names: of corpora in the folder `data`. say: what happens now.
    Raises ZooError for a checkpoint that cannot be used, and for corpora that are not there.
    """
    found = find(checkpoint, revision)
    for name in names:
        corpora.get(name)
        if not (data / name).is_dir():
            raise ZooError(f"{data / name} is missing", f"add it with `zoo data add {name} PATH`", WRONG_USAGE)
    study = study_of(checkpoint, revision, names, data)
    for name in names:
        say(f"{name}: manifest and folds")
        manifest = study.derived / "manifest" / f"{name}.parquet"
        utterances = build(name, data / name)
        MANIFEST.write(utterances, manifest, made_from={})
        folds = cut(utterances, name, study.labels[name], study.folds[name])
        FOLDS.write(folds, study.derived / "folds" / f"{name}.parquet", made_from={"manifest": manifest})
        _extract(study, name, utterances, say, found.num_bytes)
    require_sound(study)
    say(f"search: {NUM_TRIALS} configurations for every fold, nested")
    search(study, run_trials)
    trainings = [prepare(study, name, MODEL, read_selection(study, name, MODEL)) for name in names]
    train(trainings, settings_of(study, "train"), study.derived.parent / "scratch" / "trainings", "train")
    predict_cross_corpus(study)
    write_scores(study)
    return [line for name in names for line in _lines(study, name)]


def study_of(checkpoint: str, revision: str | None, names: Sequence[str], data: Path) -> Study:
    """A study of one model, a ridge regression on the encoder's layers."""
    encoder = {"input_type": "encoder_layers", "checkpoint": checkpoint} | ({"revision": revision} if revision else {})
    plain = {"executor": "processes", "max_epochs": 1, "patience": 1}
    return Study.model_validate(
        {
            "study": slug(checkpoint),
            "data": str(data),
            "synthetic": [],
            "corpora": list(names),
            "labels": dict.fromkeys(names, "native"),
            "label_sources": {},
            "folds": {name: PROTOCOLS.get(name, PROTOCOL) for name in names},
            "cross_scheme": "core4",
            "cross": {"cells": [EACH], "methods": {}, "draws": 1, "stress": False},
            "pools": {},
            "exploration": {},
            "inputs": {INPUT: encoder},
            "tasks": {"categorical": {}},
            "models": {MODEL: {"architecture": "layer_ridge", "input": INPUT, "num_trials": NUM_TRIALS}},
            "tune": plain | {"num_trials": NUM_TRIALS, "groups": 2, "seed": 1},
            "train": plain
            | {"seeds": [1], "refit": True, "batch_size": 16, "crop_s": 3.0, "mixup": 0.0, "balanced_batches": False}
            | {"accumulate": 1, "average_epochs": 1, "gradient_clip": 5.0, "precision": "float32"}
            | {"augmentation": {"encoder_layers": {}}},
            "execute": {"workers": 2, "cpus_per_job": 1, "gpus_per_job": 0, "address": "local"},
            "evaluate": {"gain": False, "confidence": 0.95},
        }
    )


def slug(checkpoint: str) -> str:
    """The name of the study.

    >>> slug("openai/whisper-base")
    'bench_openai_whisper_base'
    """
    return ("bench_" + re.sub(r"[^a-z0-9]+", "_", checkpoint.lower()).strip("_"))[:MAX_SLUG]


def _extract(study: Study, name: str, utterances: pl.DataFrame, say: Callable[[str], None], num_bytes: int) -> None:
    folder = study.derived / "features" / name / INPUT
    spec = inputs.spec(INPUT, study.inputs[INPUT])
    seconds = utterances["duration_s"].sum()
    say(f"{name}: {len(utterances)} utterances, {seconds / 60:.0f} minutes of speech, by {num_bytes / 1e6:.0f} MB")
    # made again where it is there: what was computed is kept, so that costs little
    extract(
        utterances, Path(study.data) / name, folder, spec, f"inputs.{INPUT}", study.derived.parent / "scratch/inputs"
    )


def _lines(study: Study, corpus: str) -> list[Line]:
    """Of this study and all others that have scored the corpus by the same protocol."""
    wanted = {
        "source": corpus,
        "target": corpus,
        "scheme": study.labels[corpus],
        "protocol": study.folds[corpus],
        "task": "categorical",
        "metric": "uar",
        "group": "all",
        "target_origin": MANIFEST.read(study.derived / "manifest" / f"{corpus}.parquet")["origin"][0],
    }
    lines = []
    for path in sorted(study.reports.parent.glob("*/scores.csv")):
        costs = {row["model"]: row for row in read_costs(path.parent / "costs.csv").filter(corpus=corpus).to_dicts()}
        for row in read_csv(path).filter(**wanted).iter_rows(named=True):
            if row["model"] in BASELINES and row["study"] != study.study:
                continue  # they are the same in every study
            cost = costs.get(row["model"], {})
            seconds = [float(cost[part]) for part in ("search_s", "training_s") if cost.get(part) is not None]
            lines.append(
                Line(
                    **{name: row[name] for name in ("model", "study", "value", "low", "high")},
                    corpus=corpus,
                    num_trials=cost.get("num_trials"),
                    seconds=sum(seconds) if seconds else None,
                )
            )
    return sorted(lines, key=lambda line: -(line.value or 0.0))
