"""Source utterances count by how much they sound like the target's: the classical answer to covariate shift.

Weights are p(target | x) / p(source | x) of a logistic regression that tells the corpora apart (Bickel, Brückner &
Scheffer 2009, JMLR 10, p. 2137; Shimodaira 2000, J. Statistical Planning and Inference 90, p. 227). They help where
source and target overlap. Corpora that were recorded otherwise do not: one utterance or two would have all the weight,
so weights are flattened until a share of the source still counts. A control.
"""

from typing import Annotated

import numpy as np
from pydantic import Field

from zoo.methods import heads, statistics
from zoo.methods.contract import Answer, Matrix, Method, Random, Seen, Source
from zoo.methods.directions import principal
from zoo.study.configured import Configurable
from zoo.study.section import Count, Section
from zoo.tables.sights import Sights

_PENALTY = 2.0
_SHARPNESS = 2.0
_HALVINGS = 30


class Options(Section):
    """directions: of the source's embeddings in which the corpora are told apart. effective: the share of the source's
    utterances that still counts at least, as (sum of weights)^2 / sum of weights^2 / N."""

    directions: Count = 16
    effective: Annotated[float, Field(gt=0, le=1)] = 0.3


def weights_of(source: Matrix, target: Matrix, least: float) -> Matrix:
    """(N,) weights of source rows (N, D), of mean 1; target: (n, D). least: see `effective` of the options."""
    from sklearn.linear_model import LogisticRegression

    rows, which = np.concatenate([source, target]), np.repeat([0, 1], [len(source), len(target)])
    told_apart = LogisticRegression(class_weight="balanced", max_iter=1000).fit(rows, which)
    ratios = told_apart.decision_function(source)  # log of p(target | x) / p(source | x)
    return flattened(ratios, least)


def flattened(logs: Matrix, least: float) -> Matrix:
    """exp(a * logs), of mean 1, for the largest a <= 1 with which at least this share of the weights counts."""
    low, high = 0.0, 1.0
    if _effective(logs) >= least:
        low = high
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if _effective(middle * logs) >= least else (low, middle)
    weights = np.exp(low * (logs - logs.max()))
    return np.asarray(weights / weights.mean())


def _effective(logs: Matrix) -> float:
    weights = np.exp(logs - logs.max())
    return float(weights.sum() ** 2 / (weights**2).sum() / len(weights))


def _make(options: Options) -> Method:
    def fit(source: Source, seen: Seen, random: Random) -> Answer:
        assert seen.embeddings is not None  # its sights say so
        known = statistics.of(source.embeddings)
        rows = known.standardised(source.embeddings)
        axes = principal(rows, options.directions)
        weights = weights_of(rows @ axes, known.standardised(seen.embeddings) @ axes, options.effective)
        weights = heads.balanced(source.labels) * weights
        totals = np.bincount(source.labels, weights, source.num_classes)  # classes weigh alike, not as they now sound
        weights = weights / totals[source.labels] / np.count_nonzero(totals)
        shares = np.eye(source.num_classes)[source.labels]
        head = heads.fitted(heads.moments(rows, shares, weights), _PENALTY, _SHARPNESS)
        return lambda embeddings, speakers: heads.of_known(
            head.scores(known.standardised(embeddings)), np.unique(source.labels)
        )

    return Method(2, Sights("all"), fit, fewest=2, control=True)


METHOD = Configurable(Options, _make)
