"""Predictions of every release for every other corpus of its study."""

import json

import polars as pl

from zoo import corpora, labels
from zoo.evaluation.mapping import map_probabilities
from zoo.execute.processes import set_threads
from zoo.folds.cut import labelled
from zoo.inputs.store import Store
from zoo.runtime.inference import logits_of, probabilities
from zoo.runtime.weights import load
from zoo.study.study import Study
from zoo.tables.manifest import MANIFEST
from zoo.tables.predictions import PREDICTIONS, RELEASE, predictions_of


def predict_cross_corpus(study: Study) -> None:
    """Write derived/<study>/cross.parquet: predictions in the cross scheme, with the released weights."""
    import numpy as np

    set_threads(1)  # equal bits whatever the number of cores
    manifests = {name: study.derived / "manifest" / f"{name}.parquet" for name in study.corpora}
    frames = {name: MANIFEST.read(path) for name, path in manifests.items()}
    targets = {name: labelled(frame, name, study.cross_scheme) for name, frame in frames.items()}
    tables, made_from = [PREDICTIONS.frame([])], {f"manifest {name}": path for name, path in manifests.items()}
    for source in study.corpora:
        native = list(corpora.get(source).native_labels)
        mapping = labels.class_mapping(source, native, study.labels[source], study.cross_scheme)
        for architecture in study.architectures:
            folder = study.derived / "trained" / architecture / source
            facts = json.loads((folder / "release.json").read_text())
            model = load(folder / "release.safetensors", facts)
            made_from[f"release {architecture}@{source}"] = folder / "release.safetensors"
            for target in study.corpora:
                if target == source or not len(targets[target]):
                    continue
                store = Store(study.derived / "features" / target / facts["front_end"])
                names = targets[target]["utterance_id"].to_list()
                logits = logits_of(model, store, names)
                mapped, classes = map_probabilities(probabilities(logits), facts["classes"], mapping)
                tables.append(
                    predictions_of(
                        targets[target],
                        mapped.astype(np.float32),
                        tuple(classes),
                        architecture=architecture,
                        source=source,
                        target=target,
                        protocol=study.folds[source],
                        fold=RELEASE,
                        seed=facts["seed"],
                        trained_scheme=study.labels[source],
                        source_origin=frames[source]["origin"][0],
                        target_origin=frames[target]["origin"][0],
                    )
                )
    PREDICTIONS.write(pl.concat(tables), study.derived / "cross.parquet", made_from)
