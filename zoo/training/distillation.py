"""Distillation: a small network learns a teacher's answers beside the labels (Hinton et al. 2015, arXiv 1503.02531).

The teacher is a model whose head is fitted at once. It answers about every speaker after being fitted to the others
that the network trains on, so its answers are as unsure as they would be about somebody new, and no speaker whom the
network does not train on has a part in them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from zoo.tasks.classes import softmax
from zoo.tasks.contract import Numbers, usable
from zoo.training.batches import Examples
from zoo.training.recipe import Recipe
from zoo.training.solved import Parts, cross_validated, scored

PARTS = 5


def speakers_in_turn(speakers: Iterable[str]) -> list[tuple[list[str], list[str]]]:
    """Speakers to fit a teacher to and speakers to ask it about, in PARTS parts; none if there is one speaker alone.

    Every PARTS-th speaker is in one part, so that names which alternate by sex, or list one after the other, are mixed.

    >>> speakers_in_turn(["f1", "m1", "f2", "f1"])
    [(['f2', 'm1'], ['f1']), (['f1', 'm1'], ['f2']), (['f1', 'f2'], ['m1'])]
    """
    names = sorted(set(speakers))
    asked = [names[start::PARTS] for start in range(min(PARTS, len(names)))] if len(names) > 1 else []
    return [([name for name in names if name not in part], part) for part in asked]


@dataclass(frozen=True)
class Lesson:
    """What a teacher is fitted to and asked about. share: of its answers in what the network learns, 0 to 1.

    parts: the teacher is fitted to the first utterances of each and asked about the second ones, which all together are
    those that the network trains on.
    """

    recipe: Recipe
    share: float
    parts: Parts


def taught(train: Examples, lesson: Lesson) -> Examples:
    """The examples of a network, with targets that are a mean of the label and the teacher's probabilities.

    Where its input has augmented copies, each of them has its own: the teacher has heard the same copy. An utterance of
    no known class keeps its targets. Raises ZooError if the teacher's answers are not finite.
    """
    asked = [part for _, part in lesson.parts]
    names = [name for part in asked for name in part.utterance_ids]
    copies = range(1 + train.store.copies)
    of_copies = cross_validated(lesson.recipe, lesson.parts, copies=copies)[1]
    _, scale, _ = scored(lesson.recipe, of_copies[0], sum(asked[1:], asked[0]))
    shares = softmax(np.stack(of_copies, axis=1) * scale).astype(np.float32)  # (N, 1 + copies, C)
    place = {name: number for number, name in enumerate(names)}
    known = usable(train.targets)
    told: Numbers = np.repeat(train.targets[:, None], len(copies), axis=1)
    rows = [place[name] for name, one in zip(train.utterance_ids, known, strict=True) if one]
    told[known] = (1 - lesson.share) * told[known] + lesson.share * shares[rows]
    return replace(train, of_copies=told)
