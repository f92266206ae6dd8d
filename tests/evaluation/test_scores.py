"""The scores table: what is pooled, mapped and compared, and the baselines."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoo import corpora, labels
from zoo.errors import ZooError
from zoo.evaluation.counting import by_speaker
from zoo.evaluation.mapping import map_predictions, map_probabilities
from zoo.evaluation.scores import in_all_schemes, score
from zoo.evaluation.summary import summary
from zoo.tables.differences import DIFFERENCES
from zoo.tables.scores import read_csv, write_csv

SCHEMES = {"emodb": "native", "ravdess": "native", "iemocap": "core4"}


@pytest.fixture(scope="module")
def mappings():
    return {
        name: labels.class_mapping(name, list(corpora.get(name).native_labels), scheme, "core4")
        for name, scheme in SCHEMES.items()
    }


def one(scores, **words):
    found = scores.filter(*(pl.col(name) == word for name, word in words.items()))
    assert len(found) == 1, found
    return found.row(0, named=True)


def test_folds_are_pooled_so_speakers_without_a_class_count_right(make, mappings):
    predictions = make(num_speakers=6, num_utterances=8)
    scores = score(in_all_schemes(predictions, mappings, "core4"), "s", 0.95)
    right = predictions["label"] == predictions["predicted"]
    by_class = predictions.with_columns(right=right).group_by("label").agg(pl.col("right").mean())
    row = one(scores, model="cnn", metric="uar", group="all", mode="trained")
    assert row["value"] == pytest.approx(by_class["right"].mean())
    assert (row["num_utterances"], row["num_speakers"], row["protocol"]) == (48, 6, "leave_one_speaker_out")


def test_there_are_rows_for_classes_speakers_and_sexes(make, mappings):
    predictions = make(num_speakers=8)
    scores = score(in_all_schemes(predictions, mappings, "core4"), "s", 0.95).filter(mode="trained", model="cnn")
    fear = predictions.filter(label="fear")
    row = one(scores, metric="recall", group="class=fear")
    assert row["value"] == pytest.approx((fear["predicted"] == "fear").mean())
    assert row["num_utterances"] == len(fear)
    assert row["interval"] == "jackknife over 8 speakers, t on the logit scale, 95 %"
    assert one(scores, metric="uar", group="speaker=03")["interval"].startswith("none: 1 speaker,")
    women = by_speaker(predictions.filter(sex="female"))
    assert one(scores, metric="accuracy", group="sex=female")["value"] == pytest.approx(
        np.trace(women.total) / women.num_utterances
    )


def test_the_matrix_has_its_diagonal_in_the_cross_scheme(make, mappings):
    parts = [make(c, target=t, num_speakers=5) for c in ("emodb", "iemocap") for t in ("emodb", "iemocap")]
    scores = score(in_all_schemes(pl.concat(parts), mappings, "core4"), "s", 0.95)
    overall = scores.filter(scheme="core4", metric="uar", group="all", model="cnn")
    rows = {(row["source"], row["target"]): row for row in overall.iter_rows(named=True)}
    assert set(rows) == {(c, t) for c in ("emodb", "iemocap") for t in ("emodb", "iemocap")}
    assert rows["emodb", "emodb"]["mode"] == "mapped"
    assert rows["iemocap", "iemocap"]["mode"] == "trained"
    assert rows["emodb", "iemocap"]["protocol"] == "release"
    figures = summary(scores, DIFFERENCES.frame([]), "core4")
    assert figures["cross"]["train=emodb test=iemocap"]["cnn"]["uar"] == pytest.approx(
        rows["emodb", "iemocap"]["value"], abs=1e-6
    )
    assert set(figures["within"]["emodb"]) == {"cnn", "chance", "majority"}


def test_baselines_are_chance_and_the_most_frequent_class(make, mappings):
    predictions = make(num_speakers=5).with_columns(
        label=pl.when(pl.col("utterance_id").str.ends_with("7")).then("label").otherwise(pl.lit("anger"))
    )
    scores = score(in_all_schemes(predictions, mappings, "core4"), "s", 0.95).filter(mode="trained", group="all")
    assert one(scores, model="chance", metric="uar")["value"] == pytest.approx(1 / 7)
    assert one(scores, model="majority", metric="uar")["value"] == pytest.approx(1 / 7)
    share = (predictions["label"] == "anger").mean()
    assert one(scores, model="majority", metric="accuracy")["value"] == pytest.approx(share)


def test_the_majority_class_is_taken_from_the_other_folds(make, mappings):
    """Were it taken from all, an even corpus would have a majority class that its test speaker made so."""
    predictions = make("iemocap", num_speakers=2, num_utterances=3).with_columns(
        label=pl.Series(["anger", "anger", "anger", "sadness", "sadness", "sadness"])
    )
    scores = score(in_all_schemes(predictions, mappings, "core4"), "s", 0.95)
    assert one(scores, model="majority", metric="accuracy", group="all")["value"] == 0


def test_models_tested_on_different_utterances_are_not_ranked(make):
    both = pl.concat([make(model="cnn"), make(model="bilstm")[:-3]])
    with pytest.raises(ZooError, match="bilstm 497, cnn 500"):
        score(both, "s", 0.95)


def test_an_utterance_predicted_in_two_folds_is_rejected(make):
    twice = pl.concat([make(), make()[:1].with_columns(fold=pl.lit("9"))])
    with pytest.raises(ZooError, match="twice"):
        score(twice, "s", 0.95)


def test_csv_round_trip_and_equal_bytes_whatever_the_order(make, mappings, tmp_path):
    predictions = in_all_schemes(make(num_speakers=4), mappings, "core4")
    scores = score(predictions, "s", 0.95)
    write_csv(scores, tmp_path / "a.csv")
    write_csv(score(predictions.sample(fraction=1, shuffle=True, seed=1), "s", 0.95), tmp_path / "b.csv")
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    assert read_csv(tmp_path / "a.csv")["value"].to_numpy() == pytest.approx(scores["value"].to_numpy(), abs=1e-6)


def test_merged_classes_sum_and_the_rest_is_renormalised():
    mapped, wanted = map_probabilities(
        np.array([[0.1, 0.2, 0.3, 0.4], [0.0, 1.0, 0.0, 0.0]]),
        ["a", "b", "c", "d"],
        {"a": "x", "b": None, "c": "x", "d": "w"},
    )
    assert wanted == ["w", "x"]
    assert mapped == pytest.approx(np.array([[0.5, 0.5], [0.5, 0.5]]))


@given(
    st.lists(st.lists(st.floats(1e-6, 1), min_size=5, max_size=5), min_size=1, max_size=8),
    st.lists(st.sampled_from(["x", "y", None]), min_size=5, max_size=5).filter(any),
)
def test_mapping_conserves_probability_and_ratios(rows, places):
    probabilities = np.array(rows) / np.array(rows).sum(axis=1, keepdims=True)
    names = list("abcde")
    mapped, wanted = map_probabilities(probabilities, names, dict(zip(names, places, strict=True)))
    np.testing.assert_allclose(mapped.sum(axis=1), 1)
    kept = probabilities[:, [place is not None for place in places]].sum(axis=1)
    for at, place in enumerate(wanted):
        part = probabilities[:, [other == place for other in places]].sum(axis=1)
        np.testing.assert_allclose(mapped[:, at] * kept, part, atol=1e-12)


def test_a_mapped_prediction_may_be_another_than_the_most_probable_class(mappings):
    frame = pl.DataFrame(
        {
            "source": ["emodb"] * 2,
            "scheme": ["native"] * 2,
            "label": ["sadness", "fear"],
            "predicted": ["boredom", "boredom"],
            "probabilities": [[0.1, 0.5, 0.0, 0.0, 0.1, 0.1, 0.2], [0.1, 0.5, 0.0, 0.0, 0.1, 0.1, 0.2]],
        }
    )
    mapped = map_predictions(frame, mappings["emodb"], "core4")
    assert mapped["label"].to_list() == ["sadness"]  # fear has no place
    assert mapped["predicted"].to_list() == ["sadness"]
    assert mapped["probabilities"][0].to_list() == pytest.approx([0.2, 0.2, 0.2, 0.4])


def test_probabilities_of_another_scheme_are_rejected(make, mappings):
    with pytest.raises(ZooError, match=r"hold \[4\] probabilities"):
        map_predictions(make("emodb", classes=["anger", "fear", "neutral", "sadness"]), mappings["emodb"], "core4")
