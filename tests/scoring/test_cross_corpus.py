"""Releases on the corpora that they were not trained on."""

import numpy as np
import polars as pl
import pytest
import torch

from zoo import tasks
from zoo.errors import ZooError
from zoo.runtime import release as releases
from zoo.runtime import weights
from zoo.scoring.cross_corpus import predict_cross_corpus
from zoo.tables.manifest import MANIFEST
from zoo.tables.predictions import PREDICTIONS


def test_an_average_answers_with_the_mean_of_its_networks_probabilities(two_corpora):
    study = two_corpora()
    folder = study.derived / "trained/statistics/emodb"
    release = releases.read(folder / "release.json")
    num_outputs = tasks.build(release.task.entry, release.task.name, release.classes).num_outputs
    (first,) = weights.load(folder / "weights.safetensors", release, num_outputs)
    (second,) = weights.load(folder / "weights.safetensors", release, num_outputs)
    with torch.no_grad():
        second.head.weight.mul_(-3)

    def predicted(*networks):
        facts = release.model_copy(update={"networks": release.networks * len(networks)})
        weights.save(networks, folder / "weights.safetensors")
        releases.write(facts, folder / "release.json")
        predict_cross_corpus(study)
        rows = PREDICTIONS.read(study.derived / "cross.parquet").filter(source="emodb").sort("utterance_id")
        assert set(rows["target"]) == {"nemo"} and set(rows["seed"]) == set(study.train.seeds)
        return np.array(rows["probabilities"].to_list()), rows

    one, rows = predicted(first)
    other, _ = predicted(second)
    mean, _ = predicted(first, second)
    np.testing.assert_allclose(mean, (one + other) / 2, atol=1e-5)
    assert np.abs(one - other).max() > 0.1
    assert rows.filter(pl.col("label").is_null()).is_empty()


def test_a_target_with_recordings_that_a_release_was_trained_on_is_refused(two_corpora):
    study = two_corpora()
    path = study.derived / "manifest/nemo.parquet"
    copied = pl.when(pl.col("utterance_id") == "s1anger0").then(pl.lit("s0anger0"))
    rows = MANIFEST.read(path).with_columns(sha256_samples=copied.otherwise("sha256_samples"))
    MANIFEST.write(rows, path, {})
    with pytest.raises(ZooError, match=r"trained on 1 of the 54 utterances of nemo, such as s1anger0\.wav") as refused:
        predict_cross_corpus(study)
    assert refused.value.exit_code == 3
