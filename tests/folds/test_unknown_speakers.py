"""Corpora where nobody knows who speaks: how they are split, what refuses them, and how their figures are marked."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zoo import folds
from zoo.errors import ZooError
from zoo.evaluation.counting import NO_SPEAKERS
from zoo.evaluation.scores import score
from zoo.folds.cut import cut, remarks
from zoo.folds.search_groups import cross_validated, search_groups
from zoo.folds.speakers import Speakers
from zoo.tables.folds import MARK, SPEAKER_DEPENDENT, dependent
from zoo.tables.manifest import NO_SPEAKER
from zoo.tables.predictions import PREDICTIONS

CLASSES = ("anger", "neutral", "sadness")


def manifest(segments: list[int], known: bool = False) -> pl.DataFrame:
    """A manifest of as many recordings as `segments` has numbers, each with so many segments of mixed labels."""
    rows = [
        {
            "corpus": "mine",
            "utterance_id": f"r{recording:03}_{number}",
            "path": f"r{recording:03}.wav",
            "speaker_id": f"{'' if known else NO_SPEAKER}r{recording:03}",
            "sex": None,
            "native_label": CLASSES[(recording + number) % 3],
            "text_id": None,
            "take_group": f"r{recording:03}.wav",
            "votes": None,
            "valence": None,
            "arousal": None,
            "dominance": None,
        }
        for recording, count in enumerate(segments)
        for number in range(count)
    ]
    schema = {"sex": pl.String, "text_id": pl.String, "votes": pl.List(pl.String)}
    ratings = dict.fromkeys(("valence", "arousal", "dominance"), pl.Float64)
    return pl.DataFrame(rows, schema_overrides=schema | ratings)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(1, 9), min_size=10, max_size=40))
def test_recordings_are_in_one_split_and_every_utterance_is_tested_once(segments: list[int]) -> None:
    rows = manifest(segments)
    found = cut(rows, "mine", "native", "random_recordings")
    assert found.equals(cut(rows, "mine", "native", "random_recordings"))
    splits = found.join(rows.select("utterance_id", "take_group"), on="utterance_id")
    assert splits.group_by("fold", "take_group").agg(pl.col("split").n_unique())["split"].max() == 1
    assert found.filter(split="test")["utterance_id"].sort().to_list() == rows["utterance_id"].sort().to_list()
    for groups in (search_groups(found, 2), cross_validated(found)):
        for group in groups:
            tested = set(found.filter(pl.col("fold").is_in(group.folds), split="test")["speaker_id"])
            assert not tested & {*group.train, *group.dev}


def test_folds_are_alike_in_labels_and_size() -> None:
    found = cut(manifest([30, 20, 10, *[1] * 60, *[4] * 15]), "mine", "native", "random_recordings")
    sizes = found.filter(split="test").group_by("fold").len()["len"]
    assert sizes.max() <= 1.3 * sizes.min()
    labels = found.filter(split="test").group_by("fold", "label").len()
    assert labels["len"].max() <= 1.5 * labels["len"].min()


def test_many_thousand_recordings_are_split_soon() -> None:
    random = np.random.default_rng(1)
    traits = np.hstack([np.eye(3)[random.integers(0, 3, 20_000)], np.zeros((20_000, 2))])
    recordings = Speakers(tuple(f"{NO_SPEAKER}{number:05}" for number in range(20_000)), traits, "mine")
    sizes = [len(one) for one in folds.get("random_recordings").test_sets(recordings)]
    assert max(sizes) - min(sizes) < 10


@pytest.mark.parametrize("protocol", ["leave_speakers_out", "leave_one_speaker_out", "fixed", "across_sentences"])
def test_protocols_that_need_speakers_name_the_one_that_does_not(protocol: str) -> None:
    with pytest.raises(ZooError) as raised:
        cut(manifest([1] * 30), "mine", "native", protocol)
    assert protocol in raised.value.message and "random_recordings" in raised.value.hint


def test_where_speakers_are_known_they_are_kept_apart() -> None:
    with pytest.raises(ZooError, match="names them") as raised:
        cut(manifest([1] * 30, known=True), "mine", "native", "random_recordings")
    assert "leave_speakers_out" in raised.value.hint


def test_what_is_marked_is_what_the_protocols_say() -> None:
    assert {name for name in folds.names() if folds.get(name).speaker_dependent} == set(SPEAKER_DEPENDENT)
    assert dependent("leave_speakers_out") == "" and dependent("random_recordings") == f" {MARK}"
    rows = manifest([1] * 30)
    assert any(MARK in line for line in remarks(cut(rows, "mine", "native", "random_recordings"), len(rows)))


def test_figures_have_no_interval_and_no_number_of_speakers() -> None:
    random = np.random.default_rng(0)
    rows = []
    for row in (
        cut(manifest([1] * 30), "mine", "native", "random_recordings").filter(split="test").iter_rows(named=True)
    ):
        shares = random.dirichlet([1, 1, 1]).astype(np.float32)
        rows.append(
            {
                "model": "cnn",
                "source": "mine",
                "target": "mine",
                "protocol": row["protocol"],
                "fold": str(row["fold"]),
                "seed": 1,
                "sights": "nothing",
                "trained_scheme": "native",
                "task": "categorical",
                "scheme": "native",
                "utterance_id": row["utterance_id"],
                "speaker_id": row["speaker_id"],
                "label": row["label"],
                "predicted": CLASSES[int(shares.argmax())],
                "probabilities": shares.tolist(),
                "logits": np.log(shares).tolist(),
                "source_origin": "recorded",
                "target_origin": "recorded",
            }
        )
    found = score(PREDICTIONS.frame(rows), "study", 0.95).filter(model="cnn")
    uar = found.filter(metric="uar", group="all").row(0, named=True)
    assert (uar["low"], uar["high"], uar["interval"], uar["num_speakers"]) == (None, None, NO_SPEAKERS, 0)
    assert uar["num_utterances"] == 30
    assert found["low"].null_count() == len(found)
    assert "log_loss_recalibrated" in found["metric"].to_list()  # folds are still folds
