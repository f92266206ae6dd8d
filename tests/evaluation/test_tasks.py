"""Scores of soft and dimensional tasks: by their own metrics, against their own baselines."""

import numpy as np
import polars as pl
import pytest
from fixtures.other_tasks import dimensional, soft

from zoo import corpora, labels
from zoo.errors import ZooError
from zoo.evaluation.baselines import with_baselines
from zoo.evaluation.gate import compare
from zoo.evaluation.scores import in_all_schemes, score
from zoo.evaluation.summary import summary
from zoo.tables.differences import DIFFERENCES


@pytest.fixture(scope="module")
def mappings():
    return {"emodb": labels.class_mapping("emodb", list(corpora.get("emodb").native_labels), "native", "core4")}


def rows(scores, **words):
    found = scores.filter(*(pl.col(name) == word for name, word in words.items()))
    return {(row["model"], row["metric"]): row for row in found.iter_rows(named=True)}


def test_soft_answers_are_compared_with_the_raters_also_where_there_is_a_tie(make):
    predictions = soft(make(num_speakers=8), ties=0.2)
    found = rows(score(predictions, "s", 0.95), group="all")
    tied = predictions["label"].null_count()
    assert tied > 0
    assert found["cnn", "js_distance"]["num_utterances"] == 400
    assert found["cnn", "uar"]["num_utterances"] == 400 - tied
    assert (
        found["cnn", "js_distance"]["low"] < found["cnn", "js_distance"]["value"] < found["cnn", "js_distance"]["high"]
    )
    assert ("cnn", "log_loss") not in found  # a distribution is not one label
    assert found["chance", "uar"]["value"] == pytest.approx(1 / 7)


def test_the_mean_baseline_is_of_the_other_folds_and_is_beaten_by_what_follows_the_truth(make):
    predictions = dimensional(make(num_speakers=6))
    answers = with_baselines(predictions).filter(model="mean")
    truth = np.array(predictions["truth"].to_list(), float)
    other = (predictions["fold"] != "3").to_numpy()
    found = np.array(answers.filter(fold="3")["values"][0].to_list())
    np.testing.assert_allclose(found, np.nanmean(truth[other], axis=0), atol=1e-6)
    scores = rows(score(predictions, "s", 0.95), group="all")
    assert scores["mean", "ccc"]["value"] < 0.05
    assert scores["cnn", "ccc"]["low"] > 0.5
    assert {metric for model, metric in scores if model == "cnn"} == {
        "ccc",
        "ccc_valence",
        "ccc_arousal",
        "ccc_dominance",
    }
    assert scores["cnn", "ccc"]["interval"] == "jackknife over 6 speakers, t on Fisher's z, 95 %"


def test_the_mean_distribution_is_the_baseline_of_soft_answers(make):
    found = rows(score(soft(make()), "s", 0.95), group="all")
    assert 0 < found["cnn", "js_distance"]["value"] < found["mean", "js_distance"]["value"]
    assert ("mean", "uar") not in found  # a distribution is not a prediction
    assert ("majority", "js_distance") not in found and ("majority", "uar") in found


def test_groups_are_by_the_headline_of_the_task(make):
    scores = score(dimensional(make(num_speakers=5)), "s", 0.95).filter(model="cnn")
    assert len(scores.filter(metric="ccc", group="speaker=03")) == 1
    assert len(scores.filter(metric="ccc", group="sex=female")) == 1


def test_a_model_with_two_tasks_has_the_scores_of_both_and_metrics_json_too(make):
    predictions = pl.concat([make(), dimensional(make())])
    scores = score(predictions, "s", 0.95)
    assert set(scores.filter(model="cnn", group="all")["task"]) == {"categorical", "dimensional"}
    figures = summary(scores, DIFFERENCES.frame([]), "core4")["within"]["emodb"]["cnn"]
    assert {"uar", "low", "high", "macro_f1", "ccc", "ccc_low", "ccc_high"} <= set(figures)


def test_in_another_scheme_votes_are_mapped_like_labels(make, mappings):
    mapped = in_all_schemes(pl.concat([soft(make()), dimensional(make())]), mappings, "core4").filter(scheme="core4")
    assert set(mapped["task"]) == {"soft"}  # valence has no scheme
    truth = np.array(mapped["truth"].to_list())
    assert truth.shape[1] == 4
    np.testing.assert_allclose(truth.sum(axis=1), 1, atol=1e-5)
    wanted = np.array(sorted(set(mapped["label"])))[truth.argmax(axis=1)]
    assert (wanted == mapped["label"].to_numpy()).mean() > 0.95


def test_the_gate_compares_each_task_by_its_headline(make):
    old = pl.concat([make(), dimensional(make())])
    new = pl.concat([make(), dimensional(make(), noise=0.6)])
    verdicts = {verdict.task: verdict for verdict in compare(old, new, 0.95, ["cnn"], ["emodb"])}
    assert verdicts["categorical"].outcome == "same"
    assert (verdicts["dimensional"].outcome, verdicts["dimensional"].metric) == ("worse", "mean CCC")


def test_a_larger_distance_is_worse(make):
    flat = pl.lit([1 / 7] * 7, dtype=pl.List(pl.Float32))
    good, bad = soft(make()), soft(make()).with_columns(flat.alias("probabilities"))
    (worse,) = compare(good, bad, 0.95, ["cnn"], ["emodb"])
    (better,) = compare(bad, good, 0.95, ["cnn"], ["emodb"])
    assert (worse.outcome, better.outcome) == ("worse", "not worse")
    assert worse.change.value > 0


def test_models_of_a_task_must_be_tested_on_the_same_utterances_but_tasks_need_not(make):
    some = dimensional(make())[:-40]
    score(pl.concat([make(), some]), "s", 0.95)
    with pytest.raises(ZooError, match="bilstm 500, cnn 460"):
        score(pl.concat([some, dimensional(make(model="bilstm"))]), "s", 0.95)
