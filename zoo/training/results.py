"""What the trainings on a corpus come to: test predictions of all folds, and the release."""

from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from zoo.execute.processes import set_threads
from zoo.files import whole_folder, write_text
from zoo.runtime import release
from zoo.runtime.answer import average
from zoo.runtime.inference import outputs_of
from zoo.runtime.weights import save
from zoo.study.model import AS_PUBLISHED
from zoo.tables import as_published
from zoo.tables.gain import GAIN
from zoo.tables.predictions import PREDICTIONS, predictions_of
from zoo.tasks.contract import Numbers
from zoo.training.as_published import reported
from zoo.training.corpus import CorpusTraining
from zoo.training.data import CorpusData
from zoo.training.gain import answers_under_gain
from zoo.training.job import Job, Outcome
from zoo.training.network import network_of
from zoo.training.resume import Finished
from zoo.training.source import UTTERANCES


def write(
    training: CorpusTraining, outcomes: Sequence[Sequence[Outcome]], jobs: Sequence[Job], releases: Sequence[Finished]
) -> None:
    """Write predictions, those under another gain, weights, facts and the list of utterances of the release into the
    folder, all or none; of a model that is selected as published its predictions in a table of their own, nothing else.

    outcomes: of the folds, in their order, each of one or several networks. jobs, releases: of the release's networks.
    """
    data = training.data
    if data.model.selection == AS_PUBLISHED:
        with whole_folder(training.folder) as folder:
            predictions, _ = _predictions(training, outcomes)
            told = reported(predictions, data.task, training.places, training.folds, outcomes)
            as_published.AS_PUBLISHED.write(told, folder / as_published.FILE, training.sources)
        return
    models, networks = [], []
    for number, (job, released) in enumerate(zip(jobs, releases, strict=True)):
        member, outcome = training.members[number], released.outcome
        models.append(network_of(data, job, outcome))
        networks.append(
            release.Network(
                architecture=data.model.architecture,
                hyperparameters=job.recipe.hyperparameters,
                num_parameters=outcome.num_parameters,
                config_id=member["config_id"],
                seed=job.recipe.seed,
                epochs=job.recipe.max_epochs,
                fold_epochs=[own[number].best_epoch for own in outcomes],
                learning_rate=job.recipe.learning_rate,
                weight_decay=job.recipe.weight_decay,
                augmentation=member["config"]["augmentation"],
            )
        )
    with whole_folder(training.folder) as folder:
        predictions, gained = _predictions(training, outcomes)
        PREDICTIONS.write(predictions, folder / "predictions.parquet", training.sources)
        GAIN.write(gained, folder / "gain.parquet", training.sources)
        save(models, folder / "weights.safetensors")
        write_text(folder / UTTERANCES, "\n".join(jobs[0].train.utterance_ids))
        release.write(training.release_of(networks, releases[0].precision), folder / "release.json")


def _predictions(training: CorpusTraining, outcomes: Sequence[Sequence[Outcome]]) -> tuple[pl.DataFrame, pl.DataFrame]:
    data = training.data
    origin = data.folds["origin"][0]
    columns: dict[str, Any] = training.columns | {"source_origin": origin, "target_origin": origin}
    answers = data.task.answers
    assert answers is not None
    tables, gained = [], []
    for (seed, fold), jobs, members in zip(training.places, training.folds, outcomes, strict=True):
        rows = data.split(fold, "test")
        outputs = [one for job, outcome in zip(jobs, members, strict=True) for one in _views(data, job, outcome)]
        own = columns | {"fold": str(fold), "seed": seed}
        tables.append(predictions_of(answers(rows, average(data.task.readings, outputs)), **own))
        if training.audio is not None:
            under_gain = answers_under_gain(data, rows, jobs, members, training.audio)
            gained.append(predictions_of(under_gain, **own).with_columns(under_gain["condition"]))
    return pl.concat(tables), pl.concat([GAIN.frame([]), *gained])


def _views(data: CorpusData, job: Job, outcome: Outcome) -> Iterator[Numbers]:
    """A network's outputs about its test utterances: those of the training, then about their first copies.

    The training does not know of views, so that one with other views, or none, is the same and is run once.
    """
    assert outcome.outputs is not None and job.test is not None
    yield outcome.outputs
    if data.model.views > 1:
        set_threads(1)  # equal bits whatever the number of cores
        network = network_of(data, job, outcome)
        for copy in range(1, data.model.views):
            yield outputs_of(network, job.test.store, job.test.utterance_ids, copy)
