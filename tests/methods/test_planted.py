"""Each rung recovers what was planted, and collapses where its page says so."""

import numpy as np
import pytest
from fixtures.embeddings import CLASSES, answers, recorded, source_of, uar

from zoo import methods

RECOVERS = {
    "by_corpus": {},
    "by_speaker": {},
    "streaming": {},
    "coral": {},
    "whitening": {},
    "prior_matching": {},
    "em": {},
}
SOURCE = recorded(1)
KNOWN, CONVERT = source_of(SOURCE)
# another room, which sounds like one class, and another gain
ELSEWHERE = recorded(2, offset=9.0 * np.eye(12)[0], factor=1.5)
VOICES = recorded(3, voice=2.0)  # speakers who differ more than emotions do


def score(name, target, seen=None, **options):
    return uar(target, answers(methods.build(name, options), KNOWN, CONVERT, target, seen))


def skewed(target, most=0, share=0.7):
    """`most` has this share of the utterances."""
    own, others = np.flatnonzero(target.labels == most), np.flatnonzero(target.labels != most)
    kept = np.random.default_rng(0).permutation(others)[: round(len(own) * (1 - share) / share)]
    return target.only(np.sort(np.concatenate([own, kept])))


def one_emotion_each(target):
    place = {name: number % CLASSES for number, name in enumerate(np.unique(target.speakers))}
    return target.only(np.array([place[name] for name in target.speakers]) == target.labels)


@pytest.mark.parametrize("name", RECOVERS)
def test_a_corpus_that_is_recorded_otherwise_is_understood(name):
    assert score("source_only", ELSEWHERE) < 0.4
    assert score(name, ELSEWHERE, **RECOVERS[name]) > 0.85


@pytest.mark.parametrize("name", RECOVERS)
def test_nothing_is_lost_on_a_corpus_that_is_recorded_alike(name):
    alike = recorded(4)
    assert score(name, alike, **RECOVERS[name]) > score("source_only", alike) - 0.03


@pytest.mark.parametrize(("name", "options"), [("by_speaker", {}), ("em", {"speakers": True})])
def test_voices_are_taken_away_by_who_knows_whose_they_are(name, options):
    assert score("by_corpus", VOICES) < 0.75
    assert score(name, VOICES, **options) > 0.9


@pytest.mark.parametrize(
    ("name", "options"), [("by_speaker", {}), ("em", {"speakers": True}), ("prior_matching", {"speakers": True})]
)
def test_speakers_with_one_emotion_each_lose_it_with_their_voice(name, options):
    alone = one_emotion_each(recorded(5, num_speakers=8, per_class=20))
    assert score("by_corpus", alone) > 0.9
    assert score(name, alone, **options) < 0.5


@pytest.mark.parametrize("name", ["by_corpus", "streaming", "coral", "whitening"])
def test_skewed_classes_are_taken_for_a_difference_of_recordings(name):
    """Also where there is none: what sees nothing is better then."""
    lopsided = skewed(recorded(6, per_class=20), share=0.97)
    assert score(name, lopsided) < score("source_only", lopsided) - 0.05


def test_an_assumed_prior_is_worse_than_an_estimated_one_where_it_is_wrong():
    lopsided = skewed(recorded(6, per_class=20, offset=1.0), share=0.9)
    assert score("prior_matching", lopsided, prior="assumed") < score("prior_matching", lopsided)


@pytest.mark.parametrize("most", [0, 2])
def test_em_tells_skewed_classes_from_another_room(most):
    lopsided = skewed(recorded(6, per_class=40, offset=2 * np.eye(12)[3]), most)
    assert score("em", lopsided) > score("by_corpus", lopsided) + 0.01
    assert score("em", lopsided) > score("em", lopsided, peak=0.0) + 0.02


def test_em_follows_classes_that_moved_apart():
    """No shift of all is that: two classes have moved towards other directions."""
    moved = recorded(7, per_class=40)
    moved.embeddings[moved.labels == 0] += 3.0 * np.eye(12)[8] - 2.0 * np.eye(12)[0]
    moved.embeddings[moved.labels == 1] += 3.0 * np.eye(12)[9] - 2.0 * np.eye(12)[1]
    assert score("em", moved) > score("by_corpus", moved) + 0.05


@pytest.mark.parametrize("name", ["by_corpus", "by_speaker", "coral", "whitening", "prior_matching", "em"])
def test_two_utterances_change_little(name):
    alike = recorded(4)
    few = alike.only([0, 1])  # both of one class, of one speaker
    assert score(name, alike, seen=few) > score("source_only", alike) - 0.15


def test_a_stream_is_answered_by_the_source_at_first_and_by_the_target_later():
    order = np.random.default_rng(0).permutation(len(ELSEWHERE.labels))
    stream = ELSEWHERE.only(order)
    found = answers(methods.build("streaming", {}), KNOWN, CONVERT, stream)
    best = found.argmax(axis=1)
    assert (best[:5] == 0).all() and (best[-100:] == stream.labels[-100:]).mean() > 0.8
