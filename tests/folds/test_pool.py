"""Several corpora as one: who is tested, and people who speak in more than one of them."""

import polars as pl
import pytest
import yaml

from zoo.errors import ZooError
from zoo.folds.pool import held_out_speakers, leave_one_corpus_out
from zoo.tables.folds import FOLDS

CLASSES = ("anger", "fear", "neutral")
FACTS = {
    **dict.fromkeys(("title", "citation", "terms", "obtain"), "made up"),
    "licence": "CC-BY-4.0",
    "commercial_use": True,
    "language": "de",
    "sampling_rate_hz": 16000,
    "duration_range_s": [0.1, 9.0],
    "native_labels": dict.fromkeys(CLASSES, 1),
    "emotions": {word: word for word in CLASSES},
}


@pytest.fixture
def corpora(tmp_path, monkeypatch):
    """corpora(a="", b="a"): makes corpora of the project's own, with whose people speak in each."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "corpora").mkdir()

    def make(**people):
        for name, whose in people.items():
            text = yaml.safe_dump(FACTS | ({"people": whose} if whose else {}))
            (tmp_path / f"corpora/{name}.yaml").write_text(text, encoding="utf-8")

    return make


def manifest(corpus, speakers):
    rows = [
        {
            "corpus": corpus,
            "utterance_id": f"{speaker} {word} {take}",
            "path": f"{speaker} {word} {take}.wav",
            "speaker_id": speaker,
            "sex": ("female", "male")[number % 2],
            "native_label": word,
            "take_group": f"{speaker} {word} {take}",
        }
        for number, speaker in enumerate(speakers)
        for word in CLASSES
        for take in range(2)
    ]
    empty = {"text_id": pl.String, "votes": pl.List(pl.String), **dict.fromkeys(("valence", "arousal"), pl.Float64)}
    nothing = [pl.lit(None, dtype=dtype).alias(name) for name, dtype in {**empty, "dominance": pl.Float64}.items()]
    return pl.DataFrame(rows).with_columns(*nothing)


def names(number, first=0):
    return [f"p{one:02}" for one in range(first, first + number)]


def splits(folds):
    """The splits of each person in each fold."""
    return folds.group_by("fold", "speaker_id").agg(pl.col("split").unique())


def test_a_fifth_of_the_speakers_of_each_corpus_is_tested_and_no_utterance_twice(corpora):
    corpora(a="", b="")
    folds = held_out_speakers("a_b", {"a": manifest("a", names(10)), "b": manifest("b", names(5))}, "native")
    people = folds.group_by("speaker_id").agg(pl.col("split").unique())
    assert people["split"].list.len().max() == 1 and len(people) == 15  # the same name is another person
    tested = sorted(folds.filter(split="test")["speaker_id"].unique().str.head(1))
    assert tested == ["a", "a", "b", "b"]
    assert set(folds["split"]) == {"train", "dev", "test"} and not folds["utterance_id"].is_duplicated().any()
    assert set(folds["protocol"]) == {"fixed"} and set(folds["corpus"]) == {"a_b"}
    assert FOLDS.schema == dict(folds.schema)


@pytest.mark.parametrize("shared", [1, 4, 10])
def test_a_person_of_two_corpora_is_in_one_split(corpora, shared):
    corpora(a="", b="a", c="")
    frames = {
        "a": manifest("a", names(10)),
        "b": manifest("b", names(10, first=10 - shared)),
        "c": manifest("c", names(6)),
    }
    held_out = held_out_speakers("a_b_c", frames, "native")
    pooled = leave_one_corpus_out("together", frames, "native")
    for folds in (held_out, pooled):
        assert splits(folds)["split"].list.len().max() == 1
        assert folds["speaker_id"].n_unique() == 10 + 10 - shared + 6
        assert all(set(own["split"]) == {"train", "dev", "test"} for _, own in folds.group_by("fold"))
    # whoever is tested in one corpus is not trained on in the other, and everybody's utterances are tested once
    others = pooled.filter((pl.col("fold") == 0) & pl.col("utterance_id").str.starts_with("b/"))
    assert {*others["speaker_id"].str.tail(3)} == {*names(10 - shared, first=10)}
    tested = pooled.filter(split="test")
    assert len(tested) == tested["utterance_id"].n_unique() == sum(map(len, frames.values()))


def test_corpora_of_the_same_people_alone_cannot_be_tested_by_models_of_each_other(corpora):
    corpora(a="", b="a")
    frames = {"a": manifest("a", names(6)), "b": manifest("b", names(6))}
    assert set(held_out_speakers("a_b", frames, "native")["split"]) == {"train", "dev", "test"}
    with pytest.raises(ZooError, match="both: leave_one_corpus_out leaves nobody for dev in fold 0"):
        leave_one_corpus_out("both", frames, "native")
