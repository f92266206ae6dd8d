"""A study's results on made-up predictions, laid out as the stages lay them out."""

import importlib.util
import json
from pathlib import Path

import polars as pl
import pytest
import yaml

from zoo import corpora, labels
from zoo.evaluation.differences import differences
from zoo.evaluation.gain import gain_figures
from zoo.evaluation.scores import in_all_schemes, score
from zoo.evaluation.search import learning_curves, search_figures
from zoo.files import write_text
from zoo.reporting import page, results
from zoo.study import params
from zoo.tables import differences as differences_csv
from zoo.tables import gain_figures as gain_figures_csv
from zoo.tables import scores as scores_csv
from zoo.tables import search as search_csv
from zoo.tables.adapted import ADAPTED, COUNTED, COUNTS, PREDICTED
from zoo.tables.embeddings import EMBEDDINGS
from zoo.tables.embeddings import FILE as EMBEDDED
from zoo.tables.folds import FOLDS
from zoo.tables.gain import EVEN, GAIN, INDEPENDENT
from zoo.tables.manifest import MANIFEST
from zoo.tables.predictions import PREDICTIONS
from zoo.tables.trials import TRIALS
from zoo.tuning import best

HERE = Path(__file__)
SKILLS = {"statistics": 1.3, "cnn": 2.5, "bilstm": 2.2, "bigru": 2.1, "cnn_lstm": 2.6}
SIZES = {"emodb": (10, 53), "ravdess": (24, 60), "iemocap": (10, 100)}


def make(*words, **more):
    spec = importlib.util.spec_from_file_location("made_up", HERE.parents[1] / "evaluation" / "conftest.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.make(*words, **more)


def lay_out(folder, origins, models=tuple(SKILLS), scores=True):
    """Write params.yaml, derived/ and reports/ of a study into `folder`; origins: corpus -> recorded or synthetic."""
    values = yaml.safe_load((HERE.parents[2] / "studies/embedded.yaml").read_text())
    values["cross"] |= {"cells": ["each"], "methods": {}, "stress": False}
    values |= {"study": "made_up", "corpora": list(origins), "synthetic": []}
    values |= {"models": {name: {"input": "log_mel"} for name in models}}
    values |= {"labels": {"emodb": "native", "ravdess": "native", "iemocap": "core4"}, "cross_scheme": "core4"}
    (folder / "params.yaml").write_text(yaml.safe_dump(values))
    now = params.load(folder / "params.yaml")
    derived = folder / now.derived
    across = []
    for source, origin in origins.items():
        within = []
        for name in models:
            frame = make(source, name, SKILLS[name], *SIZES[source], origin=origin)
            PREDICTIONS.write(frame, derived / "trained" / name / source / "predictions.parquet", made_from={})
            GAIN.write(_gained(frame), derived / "trained" / name / source / "gain.parquet", made_from={})
            within.append(frame)
            across += [
                make(source, name, 0.35 * SKILLS[name], *SIZES[other], target=other, origin=origin)
                for other in origins
                if other != source
            ]
        _write_facts(derived, source, origin, within[0])
    PREDICTIONS.write(pl.concat(across), derived / "cross.parquet", made_from={})
    TRIALS.write(_trials(origins, models), derived / "trials.parquet", made_from={})
    for corpus in origins:
        for name in models:
            write_text(derived / "tuned" / name / f"{corpus}.json", "{}\n")
    for name in models:
        for table, file in ((ADAPTED, PREDICTED), (COUNTS, COUNTED), (EMBEDDINGS, EMBEDDED)):
            table.write(table.frame([]), derived / "adapted" / name / file, made_from={})
    best.write(
        {(corpus, name): ("UAR", _selection(name)) for corpus in origins for name in models}, derived / best.BEST
    )
    if scores:
        _write_scores(folder, now)
    return now


def _selection(name):
    """cnn has the best nested dev score, whatever its test figures."""
    groups = [{"folds": [0, 1], "dev_score": 0.8 if name == "cnn" else 0.7}, {"folds": [2], "dev_score": 0.6}]
    return {"groups": groups}


def _write_scores(folder, now):
    paths = [
        *(folder / now.derived / "trained").glob("*/*/predictions.parquet"),
        folder / now.derived / "cross.parquet",
    ]
    predictions = pl.concat([PREDICTIONS.read(path) for path in paths])
    trials = TRIALS.read(folder / now.derived / "trials.parquet")
    named = json.loads((folder / now.derived / best.BEST).read_text())
    search_csv.write_csv(search_figures(trials, named, {}), folder / now.reports / "search.csv")
    search_csv.CURVES.write(learning_curves(trials), folder / now.reports / "curves.parquet", made_from={})
    mappings = {
        name: labels.class_mapping(name, list(corpora.get(name).native_labels), now.labels[name], now.cross_scheme)
        for name in now.corpora
    }
    PREDICTIONS.write(predictions, folder / now.reports / "predictions.parquet", made_from={})
    everything = in_all_schemes(predictions, mappings, "core4")
    scores_csv.write_csv(score(everything, now.study, 0.95), folder / now.reports / "scores.csv")
    differences_csv.write_csv(differences(everything, now.study, 0.95), folder / now.reports / "differences.csv")
    within = predictions.filter(pl.col("fold") != "release")
    gain_figures_csv.write_csv(
        gain_figures(within, _gained(within), now.study, 0.95), folder / now.reports / "gain.csv"
    )


def _gained(predictions):
    """Another gain changes nothing."""
    return pl.concat(predictions.with_columns(pl.lit(name).alias("condition")) for name in (*EVEN, INDEPENDENT))


def _write_facts(derived, name, origin, predictions):
    facts = corpora.get(name)
    native = {"anger": "ang", "happiness": "hap", "neutral": "neu", "sadness": "sad"} if name == "iemocap" else {}
    rows = [
        {
            "corpus": name,
            "utterance_id": row["utterance_id"],
            "path": f"{row['utterance_id']}.wav",
            "speaker_id": row["speaker_id"],
            "sex": row["sex"],
            "language": facts.language,
            "licence": facts.licence,
            "native_label": native.get(row["label"], row["label"]),
            "take_group": row["utterance_id"],
            "elicitation": "acted",
            "label_source": "raters" if name == "iemocap" else "acted",
            "duration_s": 2.5,
            "sampling_rate_hz": 16000,
            "channels": 1,
            "level_dbfs": -20.0,
            "peak": 0.5,
            "dc_offset": 0.0,
            "clipped": 0.0,
            "sha256_file": "",
            "sha256_samples": "",
            "origin": origin,
            "protocol": row["protocol"],
            "fold": int(row["fold"]),
            "split": "test",
            "scheme": row["scheme"],
            "label": row["label"],
        }
        for row in predictions.iter_rows(named=True)
    ]
    unused = [dict(rows[0], utterance_id=f"unused{at}", native_label="fru") for at in range(7)] if native else []
    manifest = derived / "manifest" / f"{name}.parquet"
    MANIFEST.write(MANIFEST.frame(rows + unused), manifest, made_from={})
    FOLDS.write(FOLDS.frame(rows), derived / "folds" / f"{name}.parquet", made_from={"manifest": manifest})


def _trials(origins, models):
    return TRIALS.frame(
        [
            {
                "corpus": corpus,
                "model": name,
                "group": group,
                "config_id": config,
                "config": f'{{"dropout": 0.{config + 1}, "width": {32 * (config + 1)}}}',
                "epoch": 8,
                "dev_score": 0.5 + 0.03 * config + 0.01 * group,
                "dev_loss": 1.0,
                "output_scale": 1.0,
                "dev_scores": [0.3, 0.4 + 0.01 * config],
            }
            for corpus in origins
            for name in models
            for group in (0, 1)
            for config in range(6)
        ]
    )


@pytest.fixture(scope="session")
def synthetic_study(tmp_path_factory):
    """A study of two synthetic corpora and three models, in a folder of its own."""
    folder = tmp_path_factory.mktemp("study")
    origins = {"emodb": "synthetic", "iemocap": "synthetic"}
    return folder, lay_out(folder, origins, ("statistics", "cnn", "cnn_lstm"))


@pytest.fixture
def found(synthetic_study, monkeypatch):
    """Its results, read in its folder."""
    folder, study = synthetic_study
    monkeypatch.chdir(folder)
    return results.read(study)


@pytest.fixture(scope="session")
def written(synthetic_study, tmp_path_factory):
    """The folder with its page and figures, which no test changes."""
    folder, study = synthetic_study
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        return page.write(results.read(study), tmp_path_factory.mktemp("page")).parent


@pytest.fixture
def text(written):
    """The text of its page."""
    return (written / "index.html").read_text()
