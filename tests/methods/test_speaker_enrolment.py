import numpy as np
from fixtures.planted import DIMS, as_source, planted, recall

from zoo import methods
from zoo.methods.contract import Seen

ENROLMENT = methods.build("speaker_enrolment", {"utterances": 2})


def _apart():
    """A target that is recorded otherwise, with speakers who differ much."""
    target = planted(2, speakers=8, shift=4.0 * np.random.default_rng(9).normal(size=DIMS))
    for number, name in enumerate(np.unique(target.speakers)):
        target.embeddings[target.speakers == name] += 1.5 * np.random.default_rng([4, number]).normal(size=DIMS)
    return target


def _first(target, number, labels=None):
    """Rows of each speaker's first utterances, of any class or of these alone."""
    rng, chosen = np.random.default_rng(0), np.isin(target.labels, target.labels if labels is None else labels)
    rows = [
        rng.choice(np.flatnonzero((target.speakers == name) & chosen), number, False)
        for name in np.unique(target.speakers)
    ]
    return np.concatenate(rows)


def _answered(source, target, first, method=ENROLMENT):
    asked = np.setdiff1d(np.arange(len(target.labels)), first)
    seen = Seen(embeddings=target.embeddings[first], speakers=target.speakers[first])
    answer = method.fit(source, seen, np.random.default_rng(0))
    return answer(target.embeddings[asked], target.speakers[asked]), target.labels[asked]


def test_speakers_who_differ_are_recovered_the_better_the_more_they_say_first():
    source, target = as_source(planted(1)), _apart()
    by_2, by_12 = (recall(*_answered(source, target, _first(target, number))) for number in (2, 12))
    assert recall(source.head(target.embeddings), target.labels) < 0.5
    assert by_12 > by_2 > 0.6


def test_what_is_said_first_in_one_emotion_is_taken_for_the_voice():
    source, target = as_source(planted(1)), _apart()
    mixed, one_emotion = (_answered(source, target, _first(target, 10, names)) for names in (None, [0]))
    heard_as_it = [(found.argmax(axis=1) == 0)[labels == 0].mean() for found, labels in (mixed, one_emotion)]
    assert heard_as_it[1] < heard_as_it[0] - 0.1


def test_a_speaker_of_whom_nothing_was_heard_is_answered_about():
    source, target = as_source(planted(1)), _apart()
    first = _first(target, 2)[2:]
    found, _ = _answered(source, target, first)
    assert np.isfinite(found).all()
    np.testing.assert_allclose(found.sum(axis=1), 1)


def test_a_speaker_is_answered_about_alike_whoever_else_is_asked_about():
    source, target = as_source(planted(1)), _apart()
    first = _first(target, 2)
    seen = Seen(embeddings=target.embeddings[first], speakers=target.speakers[first])
    answer = ENROLMENT.fit(source, seen, np.random.default_rng(0))
    whole = answer(target.embeddings, target.speakers)
    np.testing.assert_allclose(answer(target.embeddings[9:10], target.speakers[9:10]), whole[9:10], rtol=1e-9)


def test_what_it_sees_is_stated():
    assert ENROLMENT.sights.text == "2 unlabelled utterances of each speaker, their speakers"
