"""Targets that are harder on methods than the corpus as it is: little of it to see, skewed classes, one emotion each.

A stress is made with the target's labels, which its methods never see.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from zoo.methods.contract import Names, Numbers, Random
from zoo.tables.adapted import AS_IS

FEW = (8, 32, 128)  # utterances that are seen
FEW_SEEN = "few="  # begins the names of their conditions
FEW_DRAWS = 2
SHARE = 0.7  # of the class that is most frequent


@dataclass(frozen=True)
class Condition:
    """One draw of a stress.

    name: as_is; few=N: N utterances are seen, all are answered; skewed: one class has 70 %; absent: one class is
    missing; one_emotion: each speaker has one class alone. draw: its number; skewed and absent have one for each class,
    one_emotion one for each class of a speaker. asked: rows that are answered. seen: those that unlabelled utterances
    are taken from.
    """

    name: str
    draw: int
    asked: Numbers
    seen: Numbers


def as_is(number: int) -> Condition:
    """All of a target of so many utterances."""
    return Condition(AS_IS, 0, np.arange(number), np.arange(number))


def stresses(labels: Numbers, speakers: Names, seed: int) -> Iterator[Condition]:
    """Every draw of every stress that a target of these labels and speakers, (N,) each, allows; always the same."""
    yield from few(len(labels), seed)
    for draw, name in enumerate(np.unique(labels)):
        rows = skewed(labels, int(name), np.random.default_rng([seed, 1, draw]))
        yield Condition("skewed", draw, rows, rows)
    for draw, name in enumerate(np.unique(labels)):
        rows = np.flatnonzero(labels != name)
        yield Condition("absent", draw, rows, rows)
    yield from one_emotion(labels, speakers, seed)


def few(number: int, seed: int) -> Iterator[Condition]:
    """8, 32 and 128 utterances of all speakers are seen, where there are more."""
    for size in FEW:
        for draw in range(FEW_DRAWS if size < number else 0):
            seen = np.random.default_rng([seed, size, draw]).choice(number, size, replace=False)
            yield Condition(f"{FEW_SEEN}{size}", draw, np.arange(number), np.sort(seen))


def skewed(labels: Numbers, most: int, random: Random) -> Numbers:
    """Rows of which `most` is a share of SHARE: as many of its and the others' as that allows, of the others each class
    alike where it can be."""
    own = np.flatnonzero(labels == most)
    others = [np.flatnonzero(labels == name) for name in np.unique(labels) if name != most]
    wanted = len(own) * (1 - SHARE) / SHARE
    least = min(len(rows) for rows in others) * len(others) if others else 0
    if least < wanted:  # too few of the others: fewer of its own
        own, wanted = random.permutation(own)[: round(least * SHARE / (1 - SHARE))], least
    each = max(1, round(wanted / max(1, len(others))))
    return np.sort(np.concatenate([own, *(random.permutation(rows)[:each] for rows in others)]))


def one_emotion(labels: Numbers, speakers: Names, seed: int) -> Iterator[Condition]:
    """Each speaker has one class alone, in each draw another one, until every utterance was asked about once."""
    classes, names = np.unique(labels), np.unique(speakers)
    order = np.random.default_rng([seed, 2]).permutation(len(names))
    place = {name: int(number) for name, number in zip(names, order, strict=True)}
    for draw in range(len(classes)):
        kept = np.array([classes[(place[name] + draw) % len(classes)] for name in speakers])
        rows = np.flatnonzero(labels == kept)
        if len(rows):  # few speakers may all lack their class
            yield Condition("one_emotion", draw, rows, rows)
