"""What the trainings on a corpus come to: test predictions of all folds, and the release."""

from collections.abc import Sequence
from typing import Any

import polars as pl

from zoo import architectures
from zoo.files import whole_folder, write_text
from zoo.runtime import release as releases
from zoo.runtime.weights import save
from zoo.tables.manifest import MANIFEST
from zoo.tables.predictions import PREDICTIONS, predictions_of
from zoo.training.corpus import CorpusTraining
from zoo.training.job import Job, Outcome


def write(training: CorpusTraining, outcomes: Sequence[Outcome], last: Job, released: Outcome, precision: str) -> None:
    """Write predictions, weights, facts and the list of utterances of the release into the folder, all or none.

    outcomes: of the folds, in their order. last, released: the release's job and outcome. precision: of its training.
    """
    data = training.data
    model = architectures.build(
        data.model.architecture, last.recipe.hyperparameters, data.store.num_dims, data.task.num_outputs
    )
    assert released.weights is not None
    model.load_state_dict(released.weights)
    network = releases.Network(
        architecture=data.model.architecture,
        hyperparameters=last.recipe.hyperparameters,
        num_parameters=released.num_parameters,
        config_id=training.config_id,
        seed=last.recipe.seed,
        epochs=last.recipe.max_epochs,
        fold_epochs=[outcome.best_epoch for outcome in outcomes],
        learning_rate=last.recipe.learning_rate,
        weight_decay=last.recipe.weight_decay,
        augmentation=training.augmentation,
    )
    with whole_folder(training.folder) as folder:
        PREDICTIONS.write(_predictions(training, outcomes), folder / "predictions.parquet", training.sources)
        save([model], folder / "weights.safetensors")
        write_text(folder / "utterances.txt", "\n".join(last.train.utterance_ids))
        releases.write(training.release_of([network], precision), folder / "release.json")


def _predictions(training: CorpusTraining, outcomes: Sequence[Outcome]) -> pl.DataFrame:
    origin = MANIFEST.read(training.sources["manifest"])["origin"][0]
    data = training.data
    columns: dict[str, Any] = training.columns | {"source_origin": origin, "target_origin": origin}
    answers = data.task.answers
    assert answers is not None
    tables = []
    for (seed, fold), outcome in zip(training.places, outcomes, strict=True):
        assert outcome.outputs is not None
        answered = answers(data.split(fold, "test"), outcome.outputs)
        tables.append(predictions_of(answered, fold=str(fold), seed=seed, **columns))
    return pl.concat(tables)
