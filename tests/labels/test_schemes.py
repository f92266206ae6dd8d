"""The label schemes: total over all corpora, with the published counts, reasons and other choices."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zoo import corpora, labels
from zoo.errors import ZooError

SCHEMES = [name for name in labels.schemes() if name != labels.NATIVE]
CLASSES = {
    "core4": {"anger", "happiness", "neutral", "sadness"},
    "ekman6": {"anger", "disgust", "fear", "happiness", "neutral", "sadness"},
    "ekman7": {"anger", "disgust", "fear", "happiness", "neutral", "sadness", "surprise"},
    "valence3": {"negative", "neutral", "positive"},
    "arousal2": {"high", "low"},
}


def sizes(scheme: str, corpus: str) -> dict[str, int]:
    """Class -> official number of utterances."""
    official = corpora.get(corpus).native_labels
    counts: Counter[str] = Counter()
    for word, name in labels.mapping(scheme, corpus, official).items():
        if name is not None:
            counts[name] += official[word]
    return dict(counts)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("corpus", corpora.names())
def test_every_label_of_every_corpus_has_a_row_in_every_scheme(scheme: str, corpus: str) -> None:
    assert set(labels.classes(scheme, corpus, corpora.get(corpus).native_labels)) <= CLASSES[scheme]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_row_is_for_a_label_of_a_corpus(scheme: str) -> None:
    for corpus, rows in labels._tables(scheme).items():
        known = {*corpora.get(corpus).native_labels, labels.NO_AGREEMENT}
        assert {row.native_label for row in rows} <= known
        usual = [row.native_label for row in rows if not row.choice]
        assert len(usual) == len(set(usual))
        assert {row.class_name for row in rows if row.class_name} <= CLASSES[scheme]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_whatever_is_left_out_merged_or_chosen_has_a_reason(scheme: str) -> None:
    for corpus, rows in labels._tables(scheme).items():
        plain = Counter(row.class_name for row in rows if not row.reason)
        assert None not in plain, corpus
        # of the words in one class only the one that gives it its name may go without
        assert all(number == 1 for number in plain.values()), corpus
        assert all(row.reason for row in rows if row.choice), corpus


@pytest.mark.parametrize(
    ("corpus", "counts"),
    [
        ("iemocap", {"anger": 1103, "happiness": 1636, "neutral": 1708, "sadness": 1084}),
        ("ravdess", {"anger": 192, "happiness": 192, "neutral": 96, "sadness": 192}),
        ("emodb", {"anger": 127, "happiness": 71, "neutral": 79, "sadness": 62}),
        ("savee", {"anger": 60, "happiness": 60, "neutral": 120, "sadness": 60}),
        ("tess", {"anger": 400, "happiness": 400, "neutral": 400, "sadness": 400}),
        # 4,900 as published, less the silent one
        ("crema_d", {"anger": 1271, "happiness": 1271, "neutral": 1087, "sadness": 1270}),
    ],
)
def test_four_classes_have_the_published_sizes(corpus: str, counts: dict[str, int]) -> None:
    assert sizes("core4", corpus) == counts


def test_the_six_classes_are_those_of_crema_d_and_shared_by_five_corpora() -> None:
    assert sum(sizes("ekman6", "crema_d").values()) == corpora.get("crema_d").num_utterances
    for corpus in ("ravdess", "emodb", "savee", "tess", "crema_d"):
        assert set(sizes("ekman6", corpus)) == CLASSES["ekman6"]
    surprised = {corpus for corpus in corpora.names() if "surprise" in sizes("ekman7", corpus)}
    assert surprised >= {"iemocap", "ravdess", "savee", "tess"}
    assert not surprised & {"emodb", "crema_d"}


@pytest.mark.parametrize(
    ("choice", "scheme", "corpus", "name", "before", "after"),
    [
        ("calm_as_neutral", "core4", "ravdess", "neutral", 96, 288),
        ("calm_as_neutral", "valence3", "ravdess", "positive", 384, 192),
        ("excitement_dropped", "core4", "iemocap", "happiness", 1636, 595),
        ("frustration_as_anger", "core4", "iemocap", "anger", 1103, 2952),
        ("frustration_as_high", "arousal2", "iemocap", "high", 2886, 4735),
        ("boredom_as_neutral", "ekman6", "emodb", "neutral", 79, 160),
        ("boredom_dropped", "arousal2", "emodb", "low", 268, 187),
        ("pleasant_surprise_as_happiness", "core4", "tess", "happiness", 400, 800),
        ("pleasant_surprise_dropped", "ekman7", "tess", "surprise", 400, 0),
        ("surprise_as_positive", "valence3", "savee", "positive", 60, 120),
    ],
)
def test_a_study_can_use_an_alternative(
    choice: str, scheme: str, corpus: str, name: str, before: int, after: int
) -> None:
    assert sizes(scheme, corpus).get(name, 0) == before
    assert sizes(f"{scheme}+{choice}", corpus).get(name, 0) == after


def test_without_excitement_there_are_4490_turns() -> None:
    assert sum(sizes("core4+excitement_dropped", "iemocap").values()) == 4490


def test_a_choice_changes_only_its_label() -> None:
    assert sizes("core4+calm_as_neutral", "emodb") == sizes("core4", "emodb")


def test_unknown_labels_schemes_and_choices_are_rejected() -> None:
    with pytest.raises(ZooError, match="scheme core4 has no row for 'joy' of emodb") as error:
        labels.mapping("core4", "emodb", ["anger", "joy"])
    assert "zoo/labels/core4.csv" in error.value.hint
    with pytest.raises(ZooError, match="unknown label scheme 'core5'") as error:
        labels.mapping("core5", "emodb", ["anger"])
    assert "core4" in error.value.hint
    with pytest.raises(ZooError, match="unknown choice of the label scheme core4 'calm_is_neutral'") as error:
        labels.mapping("core4+calm_is_neutral", "emodb", ["anger"])
    assert "calm_as_neutral" in error.value.hint
    with pytest.raises(ZooError, match="native leaves every label as it is: it offers no choice"):
        labels.mapping("native+calm_as_neutral", "ravdess", ["calm"])


@pytest.mark.parametrize("choices", ["calm_as_neutral+calm_as_neutral", "excitement_dropped+calm_as_neutral"])
def test_a_scheme_with_choices_has_one_name(choices: str) -> None:
    with pytest.raises(ZooError, match="repeats a choice or does not list") as error:
        labels.mapping(f"core4+{choices}", "ravdess", ["calm"])
    assert f"core4+{'+'.join(sorted(set(choices.split('+'))))}" in error.value.hint


def test_two_choices_for_one_label_are_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    row = labels.Row("calm", "calm_as_happiness", "happiness", "a made-up one")
    tables = {"ravdess": [*labels._tables("core4")["ravdess"], row]}
    monkeypatch.setattr(labels, "_tables", lambda scheme: tables)
    assert labels.mapping("core4+calm_as_happiness", "ravdess", ["calm"]) == {"calm": "happiness"}
    with pytest.raises(ZooError, match="calm_as_neutral and calm_as_happiness both define 'calm' of ravdess"):
        labels.mapping("core4+calm_as_happiness+calm_as_neutral", "ravdess", ["calm"])


@settings(deadline=None, max_examples=50)
@given(st.data())
def test_every_label_maps_to_one_class_or_is_left_out_for_every_choice(data: st.DataObject) -> None:
    scheme, corpus = data.draw(st.sampled_from(SCHEMES)), data.draw(st.sampled_from(corpora.names()))
    words = list(corpora.get(corpus).native_labels)
    known = sorted({row.choice for _, row in labels.alternatives(scheme)})
    chosen = "+".join([scheme, *sorted(data.draw(st.sets(st.sampled_from(known))))]) if known else scheme
    try:
        found = labels.mapping(chosen, corpus, words)
    except ZooError as error:
        assert "both define" in error.message
        return
    assert list(found) == words
    assert {name for name in found.values() if name} == set(labels.classes(chosen, corpus, words))
    usual = labels.mapping(scheme, corpus, words)
    offered = {row.native_label for place, row in labels.alternatives(scheme) if place == corpus}
    assert {word for word in words if found[word] != usual[word]} <= offered


def test_choices_are_applied_from_trained_to_wanted_scheme() -> None:
    words = list(corpora.get("ravdess").native_labels)
    usual = labels.class_mapping("ravdess", words, "native", "core4")
    other = labels.class_mapping("ravdess", words, "native", "core4+calm_as_neutral")
    assert (usual["calm"], other["calm"]) == (None, "neutral")
    with pytest.raises(ZooError, match="class 'happiness' of core4 cannot be mapped to native on iemocap"):
        labels.class_mapping("iemocap", list(corpora.get("iemocap").native_labels), "core4", "native")
