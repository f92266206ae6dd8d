"""What every method promises, whatever it sees."""

from dataclasses import replace

import numpy as np
import pytest
from fixtures.embeddings import answers, recorded, seen_of, source_of

from zoo import methods
from zoo.errors import WRONG_USAGE, ZooError

OPTIONS = [
    ("em", {"speakers": True}),
    ("em", {"prior": "assumed"}),
    ("prior_matching", {"speakers": True}),
    ("prior_matching", {"prior": "assumed"}),
]
every_method = pytest.mark.parametrize(
    ("name", "options"), [*((name, {}) for name in methods.names()), *OPTIONS], ids=lambda value: str(value)
)


def same_voice(seen, target):
    """The speakers of one are those of the other."""
    return replace(seen, speakers=np.resize(target.speakers, len(seen.labels)))


def without_constant(one):
    return replace(one, embeddings=np.where(np.arange(one.embeddings.shape[1]) == 5, 7.0, one.embeddings))


# (source corpora, target, which of its rows are seen: None for all)
SOURCE, TARGET = recorded(1), recorded(2, num_speakers=5, offset=2.0)
CASES = {
    "plain": ([SOURCE], TARGET, None),
    "two corpora": ([SOURCE, recorded(3, num_speakers=3, offset=-2.0)], TARGET, None),
    "more numbers than utterances": ([recorded(1, per_class=2, dims=300)], recorded(2, per_class=2, dims=300), None),
    "a number that never changes": ([without_constant(SOURCE)], without_constant(TARGET), None),
    "it changes in the target alone": ([without_constant(SOURCE)], TARGET, None),
    "a class that the source lacks": ([SOURCE.only(SOURCE.labels != 1)], TARGET, None),
    "a class that the target lacks": ([SOURCE], TARGET.only(TARGET.labels != 2), None),
    "one source speaker": ([recorded(1, num_speakers=1)], TARGET, None),
    "one target speaker": ([SOURCE], recorded(2, num_speakers=1), None),
    "one utterance a speaker": (
        [replace(SOURCE, speakers=np.arange(len(SOURCE.labels)).astype(str))],
        replace(TARGET, speakers=np.arange(len(TARGET.labels)).astype(str)),
        None,
    ),
    **{f"{n} seen": ([SOURCE], TARGET, range(0, 3 * n, 3)) for n in range(2, 9)},
    "all seen are equal": ([SOURCE], TARGET, [7] * 6),
}


@every_method
@pytest.mark.parametrize("case", CASES)
def test_answers_are_probabilities(name, options, case):
    corpora, target, rows = CASES[case]
    method, (source, convert) = methods.build(name, options), source_of(*corpora)
    seen = target if rows is None or method.sights.labels else target.only(list(rows))
    found = answers(method, source, convert, target, seen)
    assert found.shape == (len(target.labels), source.num_classes)
    assert np.isfinite(found).all() and (found >= 0).all()
    np.testing.assert_allclose(found.sum(axis=1), 1)


@every_method
def test_a_class_that_neither_source_nor_labels_have_is_not_answered(name, options):
    method, (source, convert) = methods.build(name, options), source_of(SOURCE, num_classes=5)
    if method.rung:  # rung 0 is the network's own head
        assert (answers(method, source, convert, TARGET)[:, 4] < 1e-6).all()


@every_method
def test_equal_arguments_give_equal_bits_and_change_nothing_that_they_were_given(name, options):
    method, (source, convert) = methods.build(name, options), source_of(SOURCE)
    before = source.embeddings.copy(), TARGET.embeddings.copy()
    first = answers(method, source, convert, TARGET)
    assert np.array_equal(first, answers(method, source, convert, TARGET))  # with what was kept of the source
    assert np.array_equal(first, answers(method, source_of(SOURCE)[0], convert, TARGET))
    assert np.array_equal(before[0], source.embeddings) and np.array_equal(before[1], TARGET.embeddings)


@every_method
def test_an_answer_depends_on_no_other_utterance_that_is_asked_about(name, options):
    """Or on those before it alone, where these are what is seen."""
    method, (source, convert) = methods.build(name, options), source_of(SOURCE)
    embeddings = convert(TARGET.embeddings)
    answer = method.fit(source, seen_of(method, TARGET, embeddings), np.random.default_rng(0))

    def asked(rows):
        return answer(embeddings[rows], TARGET.speakers[rows] if method.sights.speakers else None)

    rows = np.random.default_rng(4).permutation(len(embeddings))
    together = asked(rows)
    np.testing.assert_allclose(asked(rows[:9]), together[:9], rtol=1e-6, atol=1e-9)
    if method.sights.utterances != "earlier":
        np.testing.assert_allclose(asked(rows[40:41]), together[40:41], rtol=1e-6, atol=1e-9)


@every_method
def test_what_the_sights_exclude_is_not_missed(name, options):
    """`fit` gets None for it; here that is checked to be so, and that rung 0 alone sees nothing."""
    method = methods.build(name, options)
    seen = seen_of(method, TARGET, TARGET.embeddings)
    given = {field for field, value in vars(seen).items() if value is not None}
    sights = method.sights
    assert (given == set()) == (sights.utterances != "all" and not sights.labels and not sights.enrolled)
    assert (sights.text == "nothing") == (method.rung == 0 and not method.control)
    assert method.fewest >= (sights.utterances == "all")


@every_method
def test_a_speaker_who_was_not_seen_is_answered(name, options):
    method, (source, convert) = methods.build(name, options), source_of(SOURCE)
    stranger = recorded(5, num_speakers=1)
    found = answers(method, source, convert, stranger, seen=TARGET)
    assert np.isfinite(found).all()


def test_an_option_that_there_is_not_is_named():
    with pytest.raises(ZooError) as caught:
        methods.build("em", {"round": 3}, "cross.methods.em")
    assert caught.value.message == "cross.methods.em has no option 'round'" and "rounds" in caught.value.hint
    assert caught.value.exit_code == WRONG_USAGE
