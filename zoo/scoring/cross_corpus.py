"""Predictions of every release for each corpus of its study that neither it nor what it started from has heard."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from zoo import corpora, labels, tasks
from zoo.architectures.recogniser import Recogniser
from zoo.evaluation.mapping import map_probabilities
from zoo.execute.processes import set_threads
from zoo.folds.cut import usable as usable_utterances
from zoo.inputs.store import Store
from zoo.releases import WEIGHTS
from zoo.runtime import release as releases
from zoo.runtime.answer import average
from zoo.runtime.inference import outputs_of
from zoo.runtime.release import Release
from zoo.runtime.weights import load
from zoo.scoring.pairs import require_other_people, require_unheard
from zoo.study.study import Study
from zoo.tables.manifest import MANIFEST
from zoo.tables.predictions import PREDICTIONS, RELEASE, predictions_of
from zoo.tables.sights import Sights
from zoo.tasks.contract import Task


def predict_cross_corpus(study: Study) -> None:
    """Write derived/<study>/cross.parquet: predictions in the cross scheme, with the released weights."""
    set_threads(1)  # equal bits whatever the number of cores
    manifests = {name: study.derived / "manifest" / f"{name}.parquet" for name in study.corpora}
    frames = {name: MANIFEST.read(path) for name, path in manifests.items()}
    targets = {name: usable_utterances(frame, name, study.cross_scheme) for name, frame in frames.items()}
    heard = {name: frozenset(frame["sha256_samples"]) for name, frame in frames.items()}
    tables, made_from = [PREDICTIONS.frame([])], {f"manifest {name}": path for name, path in manifests.items()}
    for source in dict.fromkeys(source for source, _ in study.cells):
        mapping, members = _mapping(study, source), study.members(source)
        samples = frozenset().union(*(heard[one] for one in members))
        for name in study.nested:
            folder = study.derived / "trained" / name / source
            release = releases.read(folder / "release.json")
            task = tasks.build(release.task.entry, release.task.name, release.classes)
            networks = load(folder / WEIGHTS, release, task.num_outputs)
            made_from[f"release {name}@{source}"] = folder / WEIGHTS
            for target in (target for one, target in study.cells if one == source):
                if release.start and target in release.start.corpora:
                    continue
                require_other_people(study, source, target)
                require_unheard(release, samples, target, targets[target])
                answers = _answers(study, release, task, networks, target, targets[target], mapping)
                tables.append(
                    predictions_of(
                        answers,
                        model=name,
                        source=source,
                        target=target,
                        protocol=study.protocol(source),
                        fold=RELEASE,
                        seed=release.networks[0].seed,
                        sights=Sights().text,
                        trained_scheme=study.scheme(source),
                        source_origin=frames[members[0]]["origin"][0],
                        target_origin=frames[target]["origin"][0],
                    )
                )
    PREDICTIONS.write(pl.concat(tables), study.derived / "cross.parquet", made_from)


def _mapping(study: Study, source: str) -> dict[str, str | None]:
    """The class in the cross scheme of each class of a source."""
    if source in study.unions:
        every = {name for one in study.unions[source] for name in _mapping(study, one).values()}
        return {name: name for name in every if name is not None}
    native = list(corpora.get(source).native_labels)
    return labels.class_mapping(source, native, study.labels[source], study.cross_scheme)


def _answers(
    study: Study,
    release: Release,
    task: Task,
    networks: Sequence[Recogniser],
    target: str,
    rows: pl.DataFrame,
    mapping: dict[str, str | None],
) -> pl.DataFrame:
    """A release's answers for the utterances of another corpus that its task can be asked about.

    Its probabilities are mapped to the cross scheme, in which the rows are labelled. The raters' distribution of soft
    labels is over the classes of the source, so across corpora these models are scored by the label alone.
    """
    dimensional = "dimensional" in study.task_types(release.model)
    rated = pl.any_horizontal(pl.col(one).is_not_null() for one in ("valence", "arousal", "dominance"))
    rows = rows.filter(pl.col("label").is_not_null() | rated) if dimensional else rows.drop_nulls("label")
    if rows.is_empty() or task.answers is None:
        return PREDICTIONS.frame([]).drop("model")
    model, names = study.models[release.model], rows["utterance_id"].to_list()
    store = Store(study.derived / "features" / target / model.input)
    views = [outputs_of(network, store, names, copy) for network in networks for copy in range(model.views)]
    answers = task.answers(rows, average(task.readings, views))
    asked = answers.filter(pl.col("probabilities").is_not_null() & pl.col("label").is_not_null())
    others = answers.filter(pl.col("probabilities").is_null())
    return pl.concat([_mapped(asked, release.classes, mapping), others])


def _mapped(answers: pl.DataFrame, classes: list[str], mapping: dict[str, str | None]) -> pl.DataFrame:
    if answers.is_empty():
        return answers
    shares = np.array(answers["probabilities"].to_list())
    mapped, wanted = map_probabilities(shares, classes, mapping)
    return answers.with_columns(
        pl.Series("predicted", [wanted[number] for number in mapped.argmax(axis=1)], dtype=pl.String),
        pl.Series("probabilities", mapped.astype(np.float32).tolist(), dtype=pl.List(pl.Float32)),
        pl.lit(None, dtype=pl.List(pl.Float32)).alias("truth"),
    )
