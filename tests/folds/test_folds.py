"""Speakers never cross splits, everyone is tested once, and the folds are the same on every run."""

import polars as pl
import pytest
from fixtures.folds import unrated
from hypothesis import given, settings
from hypothesis import strategies as st

from zoo import folds
from zoo.errors import ZooError
from zoo.folds.cut import cut, remarks, separated_sessions
from zoo.folds.luna_jimenez import TEST_ACTORS
from zoo.folds.search_groups import search_groups

CORPUS = {
    "leave_one_speaker_out": "emodb",
    "leave_speakers_out": "emodb",
    "leave_one_session_out": "iemocap",
    "luna_jimenez": "ravdess",
}
WORDS = {
    "emodb": ["anger", "fear", "neutral", "sadness"],
    "iemocap": ["ang", "hap", "neu", "sad"],
    "ravdess": ["angry", "calm", "happy", "sad"],
}


def manifest(corpus, speakers, counts):
    """counts: for every speaker the number of utterances of each of the corpus's four words."""
    rows = [
        {
            "corpus": corpus,
            "utterance_id": f"{name}-{word}-{number}",
            "speaker_id": name,
            "sex": sex,
            "native_label": word,
        }
        for (name, sex), per_word in zip(speakers, counts, strict=True)
        for word, count in zip(WORDS[corpus], per_word, strict=True)
        for number in range(count)
    ]
    return unrated(pl.DataFrame(rows, schema_overrides={"sex": pl.String()}))


def named(protocol, number):
    if protocol == "leave_one_session_out":
        return [
            (f"Ses{pair:02}{letter}", sex)
            for pair in range(1, number // 2 + 1)
            for letter, sex in (("F", "female"), ("M", "male"))
        ]
    sexes = ("male", "female")
    return [(f"{actor:02}", sexes[actor % 2]) for actor in range(1, number + 1)]


@pytest.fixture(scope="module", autouse=True)
def known_words():
    from zoo import corpora

    for corpus, words in WORDS.items():
        assert set(words) <= set(corpora.get(corpus).native_labels)


@st.composite
def cases(draw):
    protocol = draw(st.sampled_from(sorted(CORPUS)))
    pairs = {"leave_one_session_out": (2, 5), "luna_jimenez": (12, 12), "leave_speakers_out": (3, 10)}
    low, high = pairs.get(protocol, (2, 10))
    speakers = named(protocol, 2 * draw(st.integers(low, high)))
    per_word = st.lists(st.integers(0, 4), min_size=4, max_size=4).filter(any)
    counts = draw(st.lists(per_word, min_size=len(speakers), max_size=len(speakers)))
    return protocol, manifest(CORPUS[protocol], speakers, counts)


def speakers_by_split(rows):
    return {name: set(part["speaker_id"]) for (name,), part in rows.group_by("split")}


@settings(max_examples=40, deadline=None)
@given(cases())
def test_folds_partition_speakers_and_do_not_depend_on_row_order(case):
    protocol, rows = case
    table = cut(rows, CORPUS[protocol], "native", protocol)
    tested = table.filter(pl.col("split") == "test")["utterance_id"].to_list()
    assert sorted(tested) == sorted(rows["utterance_id"])
    everyone = set(rows["speaker_id"])
    for _, fold in table.group_by("fold"):
        assert sorted(fold["utterance_id"]) == sorted(rows["utterance_id"])
        splits = speakers_by_split(fold)
        assert set(splits) == {"train", "dev", "test"}
        assert sum(map(len, splits.values())) == len(everyone)
        assert set.union(*splits.values()) == everyone
    assert (
        cut(rows.sample(fraction=1, shuffle=True, seed=1), CORPUS[protocol], "native", protocol)
        .sort("fold", "utterance_id")
        .equals(table.sort("fold", "utterance_id"))
    )


@settings(max_examples=25, deadline=None)
@given(cases(), st.integers(2, 5))
def test_no_search_uses_test_speakers_of_its_folds(case, number):
    protocol, rows = case
    table = cut(rows, CORPUS[protocol], "native", protocol)
    num_folds = table["fold"].n_unique()
    if number > num_folds:
        with pytest.raises(ZooError, match=rf"tune\.groups = {number}, but {CORPUS[protocol]} has {num_folds} sets"):
            search_groups(table, number)
        return
    groups = search_groups(table, number)
    assert sorted(fold for group in groups for fold in group.folds) == list(range(num_folds))
    sizes = [len(group.folds) for group in groups]
    assert max(sizes) - min(sizes) <= 1 and len(groups) == number
    tests = table.filter(pl.col("split") == "test")
    for group in groups:
        tested = set(tests.filter(pl.col("fold").is_in(list(group.folds)))["speaker_id"])
        seen = set(group.train) | set(group.dev)
        assert group.train and group.dev
        assert not set(group.train) & set(group.dev)
        assert not seen & tested
        assert seen | tested == set(rows["speaker_id"])  # nobody is left out without need
    assert search_groups(table, number) == groups


@pytest.mark.parametrize("protocol", sorted(CORPUS))
def test_both_sexes_are_in_dev_when_speakers_have_equal_counts(protocol):
    speakers = named(protocol, 10 if protocol == "leave_one_session_out" else 24)
    counts = [[3, 2, 4, 2]] * len(speakers)
    table = cut(manifest(CORPUS[protocol], speakers, counts), CORPUS[protocol], "native", protocol)
    for _, fold in table.group_by("fold"):
        assert set(fold.filter(pl.col("split") == "dev")["sex"]) == {"female", "male"}
    sexes = dict(speakers)
    for group in search_groups(table, 2):
        assert {sexes[name] for name in group.dev} == {"female", "male"}


def test_both_sexes_are_in_dev_on_speakers_like_those_of_emodb():
    """Its ten speakers have very unequal numbers of each emotion."""
    import numpy as np

    counts = np.random.default_rng(5).poisson([12, 8, 5, 7], size=(10, 4)).clip(1).tolist()
    table = cut(manifest("emodb", named("emodb", 10), counts), "emodb", "native", "leave_one_speaker_out")
    for _, fold in table.group_by("fold"):
        assert set(fold.filter(pl.col("split") == "dev")["sex"]) == {"female", "male"}


def test_luna_jimenez_is_as_published():
    table = cut(manifest("ravdess", named("luna_jimenez", 24), [[1] * 4] * 24), "ravdess", "native", "luna_jimenez")
    for fold, actors in enumerate(TEST_ACTORS):
        tests = table.filter((pl.col("fold") == fold) & (pl.col("split") == "test"))
        assert sorted(tests["speaker_id"].unique()) == sorted(actors)


@pytest.mark.parametrize("number", [10, 23, 25])
def test_luna_jimenez_rejects_other_speakers(number):
    rows = manifest("ravdess", named("luna_jimenez", number), [[1] * 4] * number)
    with pytest.raises(ZooError, match=f"24 actors, but there are {number}") as caught:
        cut(rows, "ravdess", "native", "luna_jimenez")
    assert "another protocol" in caught.value.hint


def test_a_session_is_tested_together():
    rows = manifest("iemocap", named("leave_one_session_out", 10), [[2] * 4] * 10)
    table = cut(rows, "iemocap", "native", "leave_one_session_out")
    tests = table.filter(pl.col("split") == "test")
    assert [sorted(set(part["speaker_id"])) for _, part in tests.group_by("fold", maintain_order=True)] == [
        [f"Ses{pair:02}F", f"Ses{pair:02}M"] for pair in range(1, 6)
    ]


@pytest.mark.parametrize("protocol", ["leave_one_session_out", "leave_speakers_out", "fixed", "superb"])
def test_speakers_of_one_session_are_in_one_split(protocol):
    rows = manifest("iemocap", named("leave_one_session_out", 10), [[2] * 4] * 10)
    table = cut(rows, "iemocap", "native", protocol)
    assert not separated_sessions(table)
    for (fold,), part in table.group_by("fold"):
        for split, names in speakers_by_split(part).items():
            assert len(names) == 2 * len({name[:5] for name in names}), (fold, split)
    if protocol == "leave_one_session_out":
        for group in search_groups(table, 2):
            assert [name[:5] for name in group.dev] == [group.dev[0][:5]] * 2


def test_a_protocol_that_separates_a_session_reports_it():
    rows = manifest("iemocap", named("leave_one_session_out", 10), [[2] * 4] * 10)
    table = cut(rows, "iemocap", "native", "leave_one_speaker_out")
    assert separated_sessions(table)[0] == "Ses01F and Ses01M in test and train of fold 0"
    assert "separates speakers of one session in iemocap" in remarks(table, len(rows))[0]


def test_too_few_sentences_for_a_split_are_rejected():
    rows = manifest("emodb", named("leave_one_speaker_out", 4), [[2] * 4] * 4).with_columns(
        text_id=pl.when(pl.col("speaker_id") == "01").then(pl.lit("a")).otherwise(pl.lit("b"))
    )
    with pytest.raises(ZooError, match="of across_sentences has nothing in"):
        cut(rows, "emodb", "native", "across_sentences")


def test_speakers_without_sessions_are_rejected():
    rows = manifest("emodb", named("emodb", 6), [[1] * 4] * 6)
    with pytest.raises(ZooError, match="the speakers of emodb were recorded alone"):
        cut(rows, "emodb", "native", "leave_one_session_out")


@pytest.mark.parametrize(
    ("protocol", "number", "message"),
    [
        ("leave_one_speaker_out", 1, "emodb has 1 speakers"),
        ("leave_speakers_out", 4, r"leave_speakers_out needs 5 speakers \(or sessions\), there are 4"),
    ],
)
def test_too_few_speakers_are_rejected(protocol, number, message):
    rows = manifest("emodb", named(protocol, number), [[1] * 4] * number)
    with pytest.raises(ZooError, match=message):
        cut(rows, "emodb", "native", protocol)


def test_a_fold_without_speakers_to_train_on_is_rejected():
    """Of two sessions one has a single speaker: the fold that tests the other has nobody left to train on."""
    speakers = [("Ses01F", "female"), ("Ses01M", "male"), ("Ses02F", "female")]
    rows = manifest("iemocap", speakers, [[1] * 4] * 3)
    with pytest.raises(ZooError, match="fold 0 of leave_one_session_out leaves 1 speaker"):
        cut(rows, "iemocap", "native", "leave_one_session_out")


def test_a_search_without_speakers_to_train_on_is_rejected():
    rows = manifest("emodb", named("emodb", 3), [[1] * 4] * 3)
    table = cut(rows, "emodb", "native", "leave_one_speaker_out")
    with pytest.raises(ZooError, match=r"tune\.groups = 2 leaves a search on emodb 1 speaker"):
        search_groups(table, 2)
    assert len(search_groups(table, 3)) == 3


def test_what_the_scheme_leaves_out_is_in_no_fold():
    rows = manifest("ravdess", named("leave_speakers_out", 10), [[1] * 4] * 10)
    table = cut(rows, "ravdess", "core4", "leave_speakers_out")
    assert not table["utterance_id"].str.contains("calm").any()
    assert set(table["label"]) == {"anger", "happiness", "sadness"}


VOTES = [{"source": "raters", "label": "angry", "count": 2.0}, {"source": "raters", "label": "sad", "count": 2.0}]


def rated(rows, here, kind):
    """The rows with votes, or with one dimension, in these places."""
    value = pl.lit(VOTES if kind == "votes" else 0.5, dtype=rows.schema[kind])
    return rows.with_columns(pl.when(here).then(value).otherwise(pl.col(kind)).alias(kind))


@pytest.mark.parametrize("kind", ["votes", "valence", "arousal", "dominance"])
def test_what_a_task_without_labels_can_use_is_in_every_fold_without_a_label(kind):
    """core4 leaves RAVDESS's calm out: without ratings it is in no fold."""
    rows = manifest("ravdess", named("leave_speakers_out", 10), [[2] * 4] * 10)
    calm = pl.col("native_label") == "calm"
    table = cut(rated(rows, calm, kind), "ravdess", "core4", "leave_speakers_out")
    without = table.filter(pl.col("label").is_null())
    assert set(without["utterance_id"]) == set(rows.filter(calm)["utterance_id"])
    assert sorted(table.filter(pl.col("split") == "test")["utterance_id"]) == sorted(rows["utterance_id"])
    for _, fold in table.group_by("fold"):
        assert len(fold) == len(rows)
        assert len(fold.unique(["speaker_id", "split"])) == rows["speaker_id"].n_unique()
    assert "20 utterances of ravdess without a label are for tasks that need none" in remarks(table, 60)


def test_ratings_of_what_has_no_label_move_no_speaker_to_another_split():
    """One split serves every task, and it is the one that the labels alone would give."""
    rows = manifest("ravdess", named("leave_speakers_out", 10), [[2, 3, 1, 4]] * 5 + [[4, 1, 2, 2]] * 5)
    calm = pl.col("native_label") == "calm"
    alone, together = (
        cut(given, "ravdess", "core4", "leave_speakers_out").filter(pl.col("label").is_not_null())
        for given in (rows, rated(rows, calm, "votes"))
    )
    assert alone.sort("fold", "utterance_id").equals(together.sort("fold", "utterance_id"))


def test_an_empty_list_of_votes_is_no_rating():
    rows = manifest("ravdess", named("leave_speakers_out", 10), [[2] * 4] * 10)
    empty = rows.with_columns(votes=pl.lit([], dtype=rows.schema["votes"]))
    assert not cut(empty, "ravdess", "core4", "leave_speakers_out")["label"].is_null().any()


def test_an_unknown_protocol_is_rejected_with_the_closest_name():
    with pytest.raises(ZooError, match="unknown fold protocol") as caught:
        folds.get("leave_one_speakers_out")
    assert "leave_one_speaker_out" in caught.value.hint
