"""What a method answers about a target, as it is and under stress.

A method is given what its sights name and no more: `seen_of` is the only place where the target is looked at.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from zoo.errors import WRONG_USAGE, ZooError
from zoo.methods.contract import Matrix, Method, Names, Numbers, Random, Seen
from zoo.scoring import stress
from zoo.scoring.cells import Target, Trained
from zoo.scoring.pairs import REMEDY, require_enough
from zoo.scoring.stress import Condition
from zoo.tables.manifest import NO_SPEAKER


@dataclass(frozen=True)
class Answered:
    """A method's answers in one draw of a condition. rows: of the target (n,), those that are scored. probabilities:
    (n, num_classes)."""

    condition: Condition
    rows: Numbers
    probabilities: Matrix


@dataclass(frozen=True)
class Drawn:
    """What one draw gives of a target, as row numbers. unlabelled: seen without labels, if the sights have any at all.
    labelled: seen with labels. scored: answered and scored, in this order."""

    unlabelled: Numbers
    labelled: Numbers
    scored: Numbers


def answers(method: Method, known: Trained, heard: Target, seed: int, draws: int, stressed: bool) -> Iterator[Answered]:
    """A method's answers on the target as it is, in so many draws where labelled or enrolled utterances are drawn, else
    in one; and then under stress, if it is wanted."""
    whole = stress.as_is(len(heard.labels))
    if method.sights.labels or method.sights.enrolled:
        for draw in range(draws):
            yield answered(method, known, heard, replace(whole, draw=draw), seed)
        return
    yield answered(method, known, heard, whole, seed)
    # what stands beside the ladder is no remedy that anybody would use
    for condition in stress.stresses(heard.labels, heard.speakers, seed) if stressed and not method.control else ():
        sees = method.sights.utterances == "all"
        if len(condition.seen) >= method.fewest if sees else not condition.name.startswith(stress.FEW_SEEN):
            yield answered(method, known, heard, condition, seed)


def answered(method: Method, known: Trained, heard: Target, condition: Condition, seed: int) -> Answered:
    """A method's answers in one draw of a condition: the mean of those of all networks.

    Networks of which the heads alone differ give a method the same embeddings, of which it is asked once.
    """
    found = drawn(method, heard, condition, seed)
    speakers = heard.speakers[found.scored] if method.sights.speakers else None
    first = list(range(len(known.sources))) if method.rung == 0 else known.first_alike
    each: dict[int, Matrix] = {}
    for number in dict.fromkeys(first):
        source, embeddings = known.sources[number], heard.embeddings[number]
        seen = seen_of(method, heard, embeddings, found, source.num_classes)
        answer = method.fit(source, seen, np.random.default_rng([seed, 5, condition.draw]))
        each[number] = answer(embeddings[found.scored], speakers)
    return Answered(condition, found.scored, np.mean([each[number] for number in first], axis=0))


def seen_of(method: Method, heard: Target, embeddings: Matrix, found: Drawn, num_classes: int) -> Seen:
    """What a method's sights let it see of a target. embeddings: (N, E), of the target, by one of the networks."""
    sights = method.sights
    unlabelled = sights.utterances == "all" or sights.enrolled > 0
    return Seen(
        embeddings=embeddings[found.unlabelled] if unlabelled else None,
        speakers=heard.speakers[found.unlabelled] if unlabelled and sights.speakers else None,
        prior=_even(heard.labels, num_classes) if sights.prior else None,
        labelled=embeddings[found.labelled] if sights.labels else None,
        labels=heard.labels[found.labelled] if sights.labels else None,
    )


def drawn(method: Method, heard: Target, condition: Condition, seed: int) -> Drawn:
    """What is seen and scored in one draw of a condition; the same for all methods of equal sights.

    Speakers of labelled utterances are not scored, nor are utterances that are enrolled. Raises ZooError where nothing
    would be left to score.
    """
    sights, rows, labelled = method.sights, condition.asked, np.zeros(0, np.int64)
    unlabelled = condition.seen
    if sights.labels:
        labelled, rows = _labelled(heard, rows, sights.labels, np.random.default_rng([seed, 3, condition.draw]))
    if sights.enrolled:
        random = np.random.default_rng([seed, 6, condition.draw])
        unlabelled = _enrolled(heard.speakers, rows, sights.enrolled, random)
        rows = np.setdiff1d(rows, unlabelled)
    if sights.utterances == "earlier":
        rows = np.random.default_rng([seed, 4, condition.draw]).permutation(rows)
    return Drawn(unlabelled, labelled, rows)


def _labelled(heard: Target, asked: Numbers, per_class: int, random: Random) -> tuple[Numbers, Numbers]:
    """The rows of labelled utterances, and those that are scored: of speakers of whom none is labelled.

    Speakers are taken in a random order until they have enough utterances of each class, so that few are used up.
    """
    labels, speakers = heard.labels[asked], heard.speakers[asked]
    classes, order = np.unique(labels), random.permutation(np.unique(speakers))
    for number in range(1, len(order)):
        of_them = np.isin(speakers, order[:number])
        if all((labels[of_them] == name).sum() >= per_class for name in classes):
            chosen = [random.choice(asked[of_them & (labels == name)], per_class, replace=False) for name in classes]
            return np.sort(np.concatenate(chosen)), asked[~of_them]
    raise ZooError(
        f"{per_class} labelled utterances of each class use up every speaker of the target, and these are not tested",
        f"label fewer (`labels` of the method), or {REMEDY}",
        WRONG_USAGE,
    )


def _enrolled(speakers: Names, asked: Numbers, each: int, random: Random) -> Numbers:
    """The rows of so many utterances of each speaker."""
    chosen = []
    for name in np.unique(speakers[asked]):
        own = asked[speakers[asked] == name]
        if len(own) <= each:
            raise ZooError(
                f"{each} enrolled utterances of each speaker leave none of {name} to test, who has {len(own)}",
                f"remove the method, or {REMEDY}",
                WRONG_USAGE,
            )
        chosen.append(random.choice(own, each, replace=False))
    return np.sort(np.concatenate(chosen))


def require_seen(where: str, method: Method, target: str, heard: Target, seed: int, draws: int) -> None:
    """Raise ZooError if a method needs more of a target than there is, in any of the draws. where: for messages."""
    _, per_class = np.unique(heard.labels, return_counts=True)
    known = [name for name in np.unique(heard.speakers) if not name.startswith(NO_SPEAKER)]
    require_enough(where, method, target, per_class.tolist(), len(known))
    if method.sights.labels or method.sights.enrolled:
        whole = stress.as_is(len(heard.labels))
        try:
            for draw in range(draws):
                drawn(method, heard, replace(whole, draw=draw), seed)
        except ZooError as error:
            raise ZooError(f"{where} on {target}: {error.message}", error.hint, error.exit_code) from error


def _even(labels: Numbers, num_classes: int) -> Matrix:
    """The prior that is assumed: the classes that the target has, all as frequent."""
    prior = np.zeros(num_classes)
    prior[np.unique(labels)] = 1 / len(np.unique(labels))
    return prior
