"""Which scheme a table of labels is scored in: the labels decide before the model does."""

from pathlib import Path

import pytest

from zoo.errors import ZooError
from zoo.releases import card
from zoo.scoring.label_mapping import label_mapping, reach
from zoo.scoring.labelled import Labelled, LabelledData

MODELS = Path(__file__).parents[2] / "models"
EMODB, RAVDESS, POOLED = (
    card.read(MODELS / name / "card.json")
    for name in ("cnn/emodb/2.0.1", "cnn/ravdess/2.0.1", "whisper_base/pooled/1.0.2")
)
EVERY = (EMODB, RAVDESS, POOLED)
FOUR = ["anger", "happiness", "neutral", "sadness"]


def table(*labels):
    rows = [Labelled(Path("a.wav"), label, None, f"mine.csv, line {line}") for line, label in enumerate(labels, 2)]
    return LabelledData("mine.csv", None, None, rows)


@pytest.mark.parametrize(
    "labels",
    [FOUR, ["Anger", "HAPPINESS"], ["neutral"], ["angry", "happy", "sad"], ["ANG", "NEU"], ["ang", "exc"]],
    ids=" ".join,
)
def test_a_table_of_four_classes_is_scored_in_four_classes_whatever_the_model(labels):
    found = [label_mapping(one, table(*labels)) for one in EVERY]
    assert {one.scheme for one in found} == {"core4"}
    assert all(set(one.classes.values()) <= set(FOUR) and one.classes == found[0].classes for one in found)
    assert all({name for name in one.model.values() if name} == set(FOUR) for one in found)
    assert [one.mapped for one in found] == [True, True, False]


@pytest.mark.parametrize(
    ("model", "labels", "scheme", "left_out"),
    [
        (EMODB, [*FOUR, "fear"], "ekman6", []),
        (RAVDESS, [*FOUR, "fear"], "ekman6", []),
        (RAVDESS, ["angry", "surprised"], "ekman7", []),
        (EMODB, ["angry", "surprised"], "core4", ["surprised"]),  # it never answers surprise
        (EMODB, EMODB.classes, "native", []),
        (RAVDESS, ["angry", "calm"], "native", []),
        (EMODB, ["angry", "calm"], "core4", ["calm"]),
        (EMODB, ["high", "low"], "arousal2", []),
        (RAVDESS, ["positive", "negative"], "valence3", []),
        (POOLED, ["anger", "disgust"], "core4", ["disgust"]),
    ],
    ids=str,
)
def test_otherwise_the_model_decides_by_what_it_can_answer(model, labels, scheme, left_out):
    found = label_mapping(model, table(*labels))
    assert found.scheme == scheme
    assert [label for label, name in found.classes.items() if name is None] == left_out


def test_a_scheme_that_is_asked_for_is_taken():
    for one in (EMODB, RAVDESS):
        assert label_mapping(one, table(*FOUR), "ekman7").scheme == "ekman7"
    own = label_mapping(EMODB, table("Anger", "neutral"), "native")
    assert (own.scheme, own.mapped, own.classes) == ("native", False, {"Anger": "anger", "neutral": "neutral"})
    assert label_mapping(RAVDESS, table("calm"), "core4+calm_as_neutral").classes == {"calm": "neutral"}
    in_corpus = LabelledData("emodb", "emodb", "recorded", table("boredom", "anger").rows)
    assert label_mapping(EMODB, in_corpus).scheme == "native"
    assert label_mapping(EMODB, in_corpus, "core4").classes == {"boredom": None, "anger": "anger"}
    assert label_mapping(RAVDESS, in_corpus).scheme == "core4"


@pytest.mark.parametrize(
    ("model", "labels", "scheme", "message"),
    [
        (EMODB, ["anger"], "core5", "unknown label scheme 'core5'"),
        (POOLED, ["anger"], "native", "whisper_base@pooled .anger, .*cannot be mapped to native"),
        (EMODB, ["anger", "fury"], None, "mine.csv, line 3: unknown label 'fury'"),
        (EMODB, ["anger", "fury"], "ekman6", "mine.csv, line 3: unknown label 'fury'"),
        (EMODB, ["angry", "ang"], None, "mixes labels of several corpora"),
    ],
)
def test_what_no_scheme_has_is_an_error(model, labels, scheme, message):
    with pytest.raises(ZooError, match=message) as caught:
        label_mapping(model, table(*labels), scheme)
    assert caught.value.hint


def test_a_model_of_merged_classes_cannot_be_asked_to_tell_them_apart():
    words = {"anger": "negative", "sadness": "negative", "happiness": "positive"}
    merged = EMODB.model_copy(
        update={
            "labels": EMODB.labels.model_copy(update={"words": words, "cross": {}}),
            "release": EMODB.release.model_copy(update={"scheme": "valence3"}),
        }
    )
    assert reach(merged, "core4") is None
    assert reach(EMODB, "valence3") == dict.fromkeys(EMODB.classes, "negative") | {
        "happiness": "positive",
        "neutral": "neutral",
    }
