"""What the trainings on a corpus come to: test predictions of all folds, and the release."""

import json
from collections.abc import Sequence
from typing import Any

import polars as pl

from zoo import architectures
from zoo.files import whole_folder, write_text
from zoo.runtime.inference import probabilities
from zoo.runtime.weights import PRECISION, save
from zoo.tables.manifest import MANIFEST
from zoo.tables.predictions import PREDICTIONS, predictions_of
from zoo.training.corpus import CorpusTraining
from zoo.training.job import Job, Outcome


def write(training: CorpusTraining, outcomes: Sequence[Outcome], last: Job, released: Outcome) -> None:
    """Write predictions.parquet, release.safetensors and release.json into the training's folder, all or none.

    outcomes: of the folds, in their order. last, released: the release's job and outcome.
    """
    data = training.data
    model = architectures.build(data.architecture, last.recipe.hyperparameters, data.store.num_dims, len(data.classes))
    assert released.weights is not None
    model.load_state_dict(released.weights)
    facts = training.facts | {
        "epochs": last.recipe.max_epochs,
        "fold_epochs": [outcome.best_epoch for outcome in outcomes],
        "num_parameters": released.num_parameters,
        "weights_precision": PRECISION,
    }
    with whole_folder(training.folder) as folder:
        PREDICTIONS.write(_predictions(training, outcomes), folder / "predictions.parquet", training.sources)
        save(model, folder / "release.safetensors")
        write_text(folder / "release.json", json.dumps(facts, indent=2, sort_keys=True) + "\n")


def _predictions(training: CorpusTraining, outcomes: Sequence[Outcome]) -> pl.DataFrame:
    origin = MANIFEST.read(training.sources["manifest"])["origin"][0]
    columns: dict[str, Any] = training.columns | {"source_origin": origin, "target_origin": origin}
    tables = []
    for (seed, fold), outcome in zip(training.places, outcomes, strict=True):
        assert outcome.logits is not None
        rows, answers = training.data.split(fold, "test"), probabilities(outcome.logits)
        tables.append(predictions_of(rows, answers, training.data.classes, fold=str(fold), seed=seed, **columns))
    return pl.concat(tables)
