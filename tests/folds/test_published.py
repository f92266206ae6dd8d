"""The published splits have the members that were published; the audit finds the leaks of others."""

import csv
import random
from pathlib import Path

import polars as pl
import pytest

from zoo import folds
from zoo.errors import ZooError
from zoo.folds.cut import cut, remarks
from zoo.folds.search_groups import search_groups

PUBLISHED = {
    ("emobox", "iemocap"): 5,
    ("emobox", "ravdess"): 6,
    ("emobox", "savee"): 4,
    ("superb", "iemocap"): 5,
    ("audb", "emodb"): 1,
    ("audb", "ravdess"): 1,
    ("audb", "crema_d"): 1,
    ("autrainer", "emodb"): 1,
    ("emo_superb", "iemocap"): 5,
    ("emo_superb", "crema_d"): 5,
}
SHARED = Path(__file__).parents[2] / "../shared/docs/tables"


def speakers(table, fold, split):
    rows = table.filter((pl.col("fold") == fold) & (pl.col("split") == split))
    return sorted(rows["speaker_id"].unique())


@pytest.mark.parametrize(("protocol", "corpus"), PUBLISHED)
def test_speakers_are_in_one_split_of_each_fold(named_manifest, protocol, corpus):
    table = cut(named_manifest(corpus), corpus, "native", protocol)
    num_folds = PUBLISHED[protocol, corpus]
    assert table["fold"].n_unique() == num_folds
    for fold in range(num_folds):
        train, dev, test = (set(speakers(table, fold, split)) for split in ("train", "dev", "test"))
        assert train and dev and test
        assert not (train & dev or train & test or dev & test)
    tested = table.filter(pl.col("split") == "test")["utterance_id"]
    assert tested.is_unique().all()
    assert (len(tested) == table["utterance_id"].n_unique()) == (num_folds > 1)


def test_members_are_as_published(named_manifest):
    emodb, ravdess, crema_d, iemocap, savee = map(named_manifest, ("emodb", "ravdess", "crema_d", "iemocap", "savee"))
    autrainer = cut(emodb, "emodb", "native", "autrainer")
    assert [speakers(autrainer, 0, split) for split in ("train", "dev", "test")] == [
        ["03", "08", "09", "10", "11", "12"],
        ["13", "14"],
        ["15", "16"],
    ]
    assert speakers(cut(emodb, "emodb", "native", "audb"), 0, "test") == ["12", "14", "15", "16"]
    audb = cut(ravdess, "ravdess", "native", "audb")
    assert speakers(audb, 0, "dev") == ["16", "17", "19", "20"]
    assert speakers(audb, 0, "test") == ["21", "22", "23", "24"]
    emobox = cut(ravdess, "ravdess", "native", "emobox")
    assert speakers(emobox, 1, "test") == ["04", "10", "12", "14"]
    assert set(emobox.filter(pl.col("split") == "test").group_by("fold").len()["len"]) == {240}
    assert [speakers(cut(savee, "savee", "native", "emobox"), fold, "test") for fold in range(4)] == [
        ["JE"],
        ["KL"],
        ["DC"],
        ["JK"],
    ]
    rotating = cut(iemocap, "iemocap", "native", "emo_superb")
    assert [speakers(rotating, fold, "test")[0][:5] for fold in range(5)] == [f"Ses0{n}" for n in (4, 3, 2, 1, 5)]
    assert [speakers(rotating, fold, "dev")[0][:5] for fold in range(5)] == [f"Ses0{n}" for n in (5, 4, 3, 2, 1)]
    superb = cut(iemocap, "iemocap", "native", "superb")
    assert [speakers(superb, fold, "test")[0][:5] for fold in range(5)] == [f"Ses0{n}" for n in range(1, 6)]
    actors = cut(crema_d, "crema_d", "native", "audb")
    # the silent 1076_MTI_SAD is not an utterance: 1,392 of 1,393
    sizes = actors.group_by("split").len().sort("split").rows()
    assert sizes == [("dev", 1476), ("test", 1392), ("train", 4573)]


@pytest.mark.real
@pytest.mark.skipif(not SHARED.is_dir(), reason="no tables of published splits in ../shared")
def test_crema_d_is_as_in_the_tables_of_published_splits(named_manifest):
    manifest = named_manifest("crema_d")
    words = {"Train": "train", "Development": "dev", "Test": "test"}
    table = cut(manifest, "crema_d", "native", "emo_superb")
    with (SHARED / "cremad_emosuperb_folds.csv").open() as file:
        for row in csv.DictReader(file):
            assert speakers(table, int(row["fold"]) - 1, words[row["split"]]) == row["actors"].split()
    table = cut(manifest, "crema_d", "native", "audb")
    with (SHARED / "cremad_audb_split.csv").open() as file:
        for row in csv.DictReader(file):
            assert speakers(table, 0, row["split"]) == row["actors"].split()


@pytest.mark.parametrize(
    ("corpus", "shared"), [("emodb", "10 of 10"), ("tess", "2 of 2"), ("crema_d", "91 of 91")], ids=str
)
def test_emobox_is_rejected_where_its_folds_share_speakers(named_manifest, corpus, shared):
    with pytest.raises(ZooError, match=rf"emobox does not split {corpus}: .*share speakers.*{shared}") as caught:
        cut(named_manifest(corpus), corpus, "native", "emobox")
    assert "another protocol" in caught.value.hint


def test_a_published_split_needs_its_corpus_and_all_its_speakers(named_manifest, names_of):
    with pytest.raises(ZooError, match="autrainer does not split ravdess: it splits emodb"):
        cut(named_manifest("ravdess"), "ravdess", "native", "autrainer")
    fewer = named_manifest("emodb", [name for name in names_of["emodb"]() if not name.startswith("14")])
    with pytest.raises(ZooError, match="audb splits the 10 speakers of emodb, but there are 9"):
        cut(fewer, "emodb", "native", "audb")


def test_every_protocol_states_its_source():
    for name in folds.names():
        assert len(folds.get(name).source) > 10


@pytest.mark.parametrize("protocol", ["audb", "autrainer", "fixed"])
def test_one_fold_is_searched_on_its_own_speakers(named_manifest, protocol):
    table = cut(named_manifest("emodb"), "emodb", "native", protocol)
    (group,) = search_groups(table, 2)
    assert group.folds == (0,)
    assert (list(group.train), list(group.dev)) == (speakers(table, 0, "train"), speakers(table, 0, "dev"))


def test_a_fixed_split_reports_what_it_tests(named_manifest):
    manifest = named_manifest("emodb")
    table = cut(manifest, "emodb", "native", "fixed")
    assert [len(speakers(table, 0, split)) for split in ("train", "dev", "test")] == [6, 2, 2]
    assert set(table.filter(pl.col("split") == "test")["sex"]) == {"female", "male"}
    tested = len(table.filter(pl.col("split") == "test"))
    assert remarks(table, 535) == [f"fixed tests {tested} of emodb's 535 utterances"]


def test_with_two_speakers_dev_is_a_part_of_the_training_speaker_s_sentences(named_manifest):
    manifest = named_manifest("tess")
    table = cut(manifest, "tess", "native", "leave_one_speaker_out").join(
        manifest.select("utterance_id", "text_id"), on="utterance_id"
    )
    assert table["fold"].n_unique() == 2
    for fold, (trains, tested) in enumerate((("YAF", "OAF"), ("OAF", "YAF"))):
        assert [speakers(table, fold, split) for split in ("train", "dev", "test")] == [[trains], [trains], [tested]]
        words = {
            split: set(table.filter((pl.col("fold") == fold) & (pl.col("split") == split))["text_id"])
            for split in ("train", "dev")
        }
        assert not words["train"] & words["dev"]
        assert len(words["dev"]) == 40
    assert "dev is a part of that speaker's sentences" in remarks(table, 2800)[0]
    groups = search_groups(table, 3)
    assert [(group.folds, group.fold, group.train, group.dev) for group in groups] == [
        ((0,), 0, ("YAF",), ("YAF",)),
        ((1,), 1, ("OAF",), ("OAF",)),
    ]


def test_a_single_sentence_cannot_be_cut_into_train_and_dev(named_manifest):
    random.seed(0)
    manifest = named_manifest("tess", ["OAF_back_angry", "OAF_back_sad", "YAF_back_sad", "YAF_bar_sad"])
    with pytest.raises(ZooError, match="speaker OAF of tess has one sentence"):
        cut(manifest, "tess", "native", "leave_one_speaker_out")
