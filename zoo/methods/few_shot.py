"""A few labelled utterances of each class of the target, of speakers who are not answered about (rung 4).

The head is a ridge regression to the classes on the source, from which the offset of every speaker was taken out, so
that it does not lean on how people differ. A handful of labels cannot replace it: they move the target onto the source,
and enter the regression as a few more rows. With the source's head as w_s, its second moments as G, and the labelled
rows L, that is to minimise |L w - y|^2 + (w - w_s)' (G + penalty I) (w - w_s): regularisation towards the source's head
(Evgeniou & Pontil 2004, KDD, p. 109), by how much the source minds a change. With unlabelled utterances of the target
too, the head then learns from its own answers about them (self-training: Scudder 1965, IEEE Transactions on Information
Theory 11, p. 363), in which classes of any frequencies are expected.

The constants were chosen on cells whose target is nEMO.
"""

import numpy as np

from zoo.methods import heads
from zoo.methods.contract import Answer, Matrix, Method, Names, Numbers, Random, Seen, Source
from zoo.methods.heads import Head, Moments
from zoo.methods.offsets import Plain, class_means, plain
from zoo.study.configured import Configurable
from zoo.study.section import Count, Section
from zoo.tables.sights import Sights

_PENALTY = 2.0  # the variance added to every direction; standardised embeddings have one of 1
_PER_SOURCE = 30  # labelled utterances of a class that weigh as much as all of the source's
_SHARPNESS = 2.0
# of answering about unlabelled utterances and learning from the answers
_ROUNDS = 8
_PENALTY_OF_ROUNDS = 1.0
_SHARPER = 2.0  # times the scores
_SHARE = 0.8  # of what the head is fitted to that unlabelled utterances make up if there are many
_HALF = 300  # unlabelled utterances that have half of that share
_TINY = 1e-9


class Options(Section):
    """labels: labelled utterances of each class. unlabelled: whether unlabelled utterances are seen too."""

    labels: Count = 5
    unlabelled: bool = False


def _fit(source: Source, seen: Seen, random: Random) -> Answer:
    """A class that neither source nor labels have gets probability 0."""
    assert seen.labelled is not None and seen.labels is not None  # its sights say so
    own = plain(source)
    labelled = own.reduced(seen.labelled)
    known = np.union1d(source.labels, seen.labels)
    offset = _offset(own, labelled, seen.labels)
    learnt = _learnt(own, labelled - offset, seen.labels)
    head = heads.fitted(learnt, _PENALTY, _SHARPNESS)
    offset = _kept(offset, own.people) * offset
    if seen.embeddings is not None and len(seen.embeddings):
        unlabelled = own.reduced(seen.embeddings)
        for _ in range(_ROUNDS):
            head, offset = _round(learnt, head, unlabelled, offset, known)

    def answer(embeddings: Matrix, speakers: Names | None) -> Matrix:
        return heads.of_known(head.scores(own.reduced(embeddings) - offset), known)

    return answer


def _offset(own: Plain, labelled: Matrix, labels: Numbers) -> Matrix:
    """(K,): labelled utterances less the source, the mean over the classes that both have; 0 if there is none."""
    between = class_means(labelled, labels, len(own.means)) - own.means
    both = ~np.isnan(between[:, 0])
    return np.asarray(between[both].mean(axis=0)) if both.any() else np.zeros(labelled.shape[1])


def _kept(offset: Matrix, people: float) -> float:
    """The part of labelled utterances' offset (K,) that is the target's; the rest is that of their one or two speakers.

    Shrinkage by James & Stein (1961, Berkeley Symposium 4, p. 361): a large difference is kept whole, one that people
    of the source have among themselves, whose mean squared length is given, is not taken for one of the corpora.
    """
    length = float(offset @ offset)
    return max(0.0, 1 - people / length) if length else 0.0


def _learnt(own: Plain, labelled: Matrix, labels: Numbers) -> Moments:
    """Of source and labelled utterances; of a class that one of them lacks, the other's weigh as much as both."""
    num_classes = len(own.means)
    source_counts, counts = (np.bincount(one, minlength=num_classes) for one in (own.labels, labels))
    of_labels = np.where(source_counts, counts / _PER_SOURCE, 1 + counts / _PER_SOURCE)
    of_source = np.where(counts, 1.0, 1 + counts.max() / _PER_SOURCE)
    weights = [(of_source / np.maximum(source_counts, 1))[own.labels], (of_labels / np.maximum(counts, 1))[labels]]
    every = np.concatenate(weights)
    rows, shares = np.concatenate([own.rows, labelled]), np.concatenate([own.shares, np.eye(num_classes)[labels]])
    return heads.moments(rows, shares, every / every.sum())


def _round(learnt: Moments, head: Head, unlabelled: Matrix, offset: Matrix, known: Numbers) -> tuple[Head, Matrix]:
    """The head and the target's offset after learning from the answers about unlabelled utterances (n, K).

    The offset is the mean over classes of what is heard as each, whatever their sizes. In the fit a class weighs as the
    root of its size: between alike, with which a class that nobody speaks is made of others' utterances, and as heard,
    with which a class that is heard too often takes everything.
    """
    shares = heads.of_known(_SHARPER * head.scores(unlabelled - offset), known)
    sizes = np.maximum(shares.sum(axis=0), _TINY)
    offset = (shares / sizes / len(known)).sum(axis=1) @ unlabelled
    weights = (shares / np.sqrt(sizes)).sum(axis=1)
    guessed = heads.moments(unlabelled - offset, shares / np.sqrt(sizes) / weights[:, None], weights / weights.sum())
    share = _SHARE * len(unlabelled) / (len(unlabelled) + _HALF)
    return heads.fitted(learnt.mixed(guessed, share), _PENALTY_OF_ROUNDS, _SHARPNESS), offset


def _make(options: Options) -> Method:
    return Method(4, Sights("all" if options.unlabelled else "none", labels=options.labels), _fit)


METHOD = Configurable(Options, _make)
