"""Neither a test speaker nor a test sentence is in train or dev, and every utterance is tested once."""

import polars as pl
import pytest

from zoo.errors import ZooError
from zoo.folds.cut import cut, remarks
from zoo.folds.search_groups import search_groups


@pytest.mark.parametrize(
    ("corpus", "num_folds"), [("emodb", 10), ("ravdess", 10), ("savee", 8), ("tess", 4), ("iemocap", 10)]
)
def test_speakers_and_sentences_are_kept_apart(named_manifest, corpus, num_folds):
    manifest = named_manifest(corpus)
    table = cut(manifest, corpus, "native", "across_sentences")
    assert table["fold"].n_unique() == num_folds
    tested = table.filter(pl.col("split") == "test")["utterance_id"]
    assert sorted(tested) == sorted(manifest["utterance_id"])
    texts = dict(manifest.select("utterance_id", "text_id").rows())
    for _, fold in table.group_by("fold"):
        inside, outside = fold.filter(pl.col("split") == "test"), fold.filter(pl.col("split") != "test")
        assert set(outside["split"]) == {"train", "dev"}
        assert not set(inside["speaker_id"]) & set(outside["speaker_id"])
        spoken = [{texts[name] for name in part["utterance_id"]} - {None} for part in (inside, outside)]
        assert spoken[0] and spoken[1] and not spoken[0] & spoken[1]
    again = cut(manifest.sample(fraction=1, shuffle=True, seed=1), corpus, "native", "across_sentences")
    assert again.sort("fold", "utterance_id").equals(table.sort("fold", "utterance_id"))


def test_about_half_is_left_out_and_reported(named_manifest):
    table = cut(named_manifest("ravdess"), "ravdess", "native", "across_sentences")
    (remark,) = remarks(table, 1440)
    assert remark == "across_sentences leaves 50% of ravdess's utterances out of a fold"


def test_every_class_is_trained_on_and_tested(named_manifest):
    table = cut(named_manifest("ravdess"), "ravdess", "native", "across_sentences")
    for _, part in table.group_by("fold", "split"):
        assert part["label"].n_unique() == 8


def test_both_actors_of_a_dialogue_are_in_one_split(named_manifest):
    table = cut(named_manifest("iemocap"), "iemocap", "native", "across_sentences")
    for _, fold in table.filter(pl.col("split") == "test").group_by("fold"):
        assert fold["speaker_id"].str.slice(0, 5).n_unique() == 1


@pytest.mark.parametrize(("corpus", "num_folds", "num_groups"), [("emodb", 10, 4), ("ravdess", 10, 4), ("savee", 8, 4)])
def test_folds_of_a_search_hold_out_the_same_sentences(named_manifest, corpus, num_folds, num_groups):
    manifest = named_manifest(corpus)
    table = cut(manifest, corpus, "native", "across_sentences")
    assert dict(table.select("fold", "text_set").unique().rows()) == {fold: fold % 2 for fold in range(num_folds)}
    groups = search_groups(table, 2)
    assert len(groups) == num_groups
    assert sorted(fold for group in groups for fold in group.folds) == list(range(num_folds))
    texts = table.join(manifest.select("utterance_id", "text_id"), on="utterance_id")
    for group in groups:
        tests = texts.filter(pl.col("fold").is_in(list(group.folds)) & (pl.col("split") == "test"))
        assert not {*group.train, *group.dev} & {*tests["speaker_id"]}
        assert set(tests["text_id"]) < set(manifest["text_id"])  # the others are left to train on


def test_a_protocol_that_tests_every_sentence_holds_none_out(named_manifest):
    table = cut(named_manifest("emodb"), "emodb", "native", "leave_speakers_out")
    assert table["text_set"].is_null().all()


def test_a_corpus_without_sentences_is_rejected(named_manifest):
    manifest = named_manifest("iemocap").with_columns(pl.lit(None, dtype=pl.String).alias("text_id"))
    with pytest.raises(ZooError, match="needs 2 different sentences in the manifest, there are 0"):
        cut(manifest, "iemocap", "native", "across_sentences")
