"""No method sees more of a target than its sights name: what it may not see is replaced, and its answers stay the same
to the byte. Every registered method is tried, with every choice of its options that is a word or a yes or no; and for
each test there is a method that cheats, and is caught."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Literal, get_args, get_origin

import numpy as np
import pytest
from fixtures.planted import as_source, planted

from zoo import methods
from zoo.methods.contract import Method
from zoo.scoring import stress
from zoo.scoring.adaptation import answered, drawn
from zoo.scoring.cells import Target, Trained
from zoo.scoring.stress import Condition
from zoo.tables.sights import Sights

SEED = 3
Made = Callable[[Target], Method]  # a method that cheats reads the target itself


def choices(name: str) -> Iterator[dict[str, Any]]:
    """The defaults, and each option that is a word or a yes or no, alone, at each of its values."""
    yield {}
    for option, field in methods.get(name).options.model_fields.items():
        values = get_args(field.annotation) if get_origin(field.annotation) is Literal else ()
        for value in (True, False) if field.annotation is bool else values:
            if value != field.default:
                yield {option: value}


ALL = [(name, options) for name in methods.names() for options in choices(name)]
every = pytest.mark.parametrize(("name", "options"), ALL, ids=[f"{name} {options or ''}" for name, options in ALL])


def honest(name: str, options: dict[str, Any]) -> Made:
    return lambda heard: methods.build(name, options)


def cheat(sights: Sights, reads: Callable[[Target, Any], Any]) -> Made:
    """A method that answers by what it reads of the target behind the runner's back: (target, embeddings) -> (n,)."""

    def made(heard: Target) -> Method:
        def fit(source, seen, random):
            def answer(embeddings, speakers):
                first = np.eye(1, embeddings.shape[1])  # of the directions, in which a class stands out
                return source.head(embeddings + np.asarray(reads(heard, embeddings))[:, None] * first)

            return answer

        return Method(sights.labels and 4, sights, fit)

    return made


@pytest.fixture(scope="module")
def cell() -> tuple[Trained, Target]:
    """A model of two networks, and another corpus of 5 speakers with 20 utterances each of four classes, one unknown to
    the source."""
    source = planted(1, speakers=4, per_class=6)
    other = planted(2, speakers=5, per_class=5, classes=(0, 1, 2, 3), shift=np.linspace(-1, 1, 24))
    sources = [as_source(replace(source, embeddings=source.embeddings * scale), num_classes=4) for scale in (1.0, 0.9)]
    names = ("anger", "fear", "neutral", "sadness")
    embeddings = [other.embeddings * scale for scale in (1.0, 0.9)]
    heard = Target(None, embeddings, other.labels, other.speakers)  # type: ignore[arg-type]
    return Trained(None, None, [], sources, names), heard  # type: ignore[arg-type]


def whole(heard: Target) -> Condition:
    return stress.as_is(len(heard.labels))


def same(
    made: Made, known: Trained, before: Target, after: Target, condition: Condition, only: Any = slice(None)
) -> None:
    """The same rows, with the same bytes. only: of the answers."""
    one, other = (answered(made(heard), known, heard, condition, SEED) for heard in (before, after))
    assert one.rows.tolist() == other.rows.tolist()
    assert np.isfinite(one.probabilities).all()
    assert one.probabilities[only].tobytes() == other.probabilities[only].tobytes()


def labels_are_not_seen(made: Made, known: Trained, heard: Target) -> None:
    """Of all utterances; where some are labelled, of all speakers who are scored."""
    labels = heard.labels.copy()
    scored = drawn(made(heard), heard, whole(heard), SEED).scored
    labels[scored] = np.random.default_rng(0).permutation(labels[scored])
    assert (labels != heard.labels).any() and {*labels} == {*heard.labels}
    same(made, known, heard, replace(heard, labels=labels), whole(heard))


def utterances_are_not_seen(made: Made, known: Trained, heard: Target) -> None:
    """Those that are not among the sights: other utterances that are asked change no answer but their own. Where
    earlier ones are seen, later ones are poisoned."""
    condition = replace(whole(heard), seen=np.arange(0, len(heard.labels), 4))
    method = made(heard)
    found = drawn(method, heard, condition, SEED)
    visible = [found.labelled] + [found.unlabelled] * (method.sights.utterances == "all" or method.sights.enrolled > 0)
    places = np.flatnonzero(~np.isin(found.scored, np.concatenate(visible)))
    poisoned = places[len(places) // 2 :]
    random = np.random.default_rng(0)
    embeddings = [one.copy() for one in heard.embeddings]
    for one in embeddings:
        one[found.scored[poisoned]] = random.normal(scale=100, size=(len(poisoned), one.shape[1]))
    others = np.setdiff1d(np.arange(len(found.scored)), poisoned)
    assert len(poisoned) > 10 and len(others) > 10
    same(made, known, heard, replace(heard, embeddings=embeddings), condition, others)


def speakers_are_not_seen(made: Made, known: Trained, heard: Target) -> None:
    """Who speaks is drawn anew; where labelled utterances are drawn by speaker, speakers get other names alone."""
    if made(heard).sights.labels:
        speakers = np.array([f"other {name}" for name in heard.speakers])
    else:
        speakers = np.random.default_rng(0).permutation(heard.speakers)
    same(made, known, heard, replace(heard, speakers=speakers), whole(heard))


@every
def test_no_method_sees_labels_of_whom_it_is_scored_on(cell, name, options):
    labels_are_not_seen(honest(name, options), *cell)


@every
def test_no_method_sees_utterances_that_its_sights_exclude(cell, name, options):
    utterances_are_not_seen(honest(name, options), *cell)


BLIND = [(name, options) for name, options in ALL if not methods.build(name, options).sights.speakers]


@pytest.mark.parametrize(("name", "options"), BLIND, ids=[f"{name} {options or ''}" for name, options in BLIND])
def test_no_method_sees_speakers_that_its_sights_exclude(cell, name, options):
    speakers_are_not_seen(honest(name, options), *cell)


def code(names: Any) -> int:
    """A small number, another one for other names."""
    return sum(map(ord, "".join(names))) % 97


@pytest.mark.parametrize("sights", [Sights(), Sights("all"), Sights("earlier"), Sights(labels=1)])
@pytest.mark.parametrize(
    ("check", "reads"),
    [
        (labels_are_not_seen, lambda heard, asked: heard.labels[-len(asked) :]),
        (utterances_are_not_seen, lambda heard, asked: np.full(len(asked), asked.mean())),
        (
            speakers_are_not_seen,
            lambda heard, asked: np.full(len(asked), code(heard.speakers[:9])),
        ),
    ],
)
def test_a_method_that_cheats_is_caught(cell, check, reads, sights):
    with pytest.raises(AssertionError):
        check(cheat(sights, reads), *cell)


@pytest.mark.parametrize("sights", [Sights(labels=2), Sights(speakers=True, enrolled=2), Sights("all", labels=1)])
def test_speakers_who_are_labelled_and_utterances_that_are_enrolled_are_never_scored(cell, sights):
    heard, seen = cell[1], []
    for draw in range(20):
        found = drawn(Method(4, sights, None), heard, replace(whole(heard), draw=draw), SEED)  # type: ignore[arg-type]
        assert {*np.bincount(heard.labels[found.labelled])} <= {sights.labels}
        if sights.labels:
            assert not {*heard.speakers[found.labelled]} & {*heard.speakers[found.scored]}
            seen.append(found.labelled.tolist())
        if sights.enrolled:
            assert not {*found.unlabelled} & {*found.scored}
            assert {*np.unique(heard.speakers[found.unlabelled], return_counts=True)[1]} == {sights.enrolled}
            assert len(found.unlabelled) + len(found.scored) == len(heard.labels)
            seen.append(found.unlabelled.tolist())
    assert len({tuple(one) for one in seen}) > 10  # other ones in each draw


def test_a_method_is_given_what_its_sights_name_and_nothing_else(cell):
    """None for the rest, also where all of it is there."""
    given = {}
    for sights in (Sights(), Sights("earlier"), Sights("all"), Sights("all", speakers=True), Sights(labels=1)):

        def fit(source, seen, random, sights=sights):
            given[sights] = {name for name, value in vars(seen).items() if value is not None}
            return lambda embeddings, speakers: source.head(embeddings) + 0 * (speakers is None)

        answered(Method(1, sights, fit), *cell, whole(cell[1]), SEED)
    assert list(given.values()) == [set(), set(), {"embeddings"}, {"embeddings", "speakers"}, {"labelled", "labels"}]
