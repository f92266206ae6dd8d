"""EM over class Gaussians that share a covariance: fitted to the source, then to the target whose labels are guessed.

E-step: the probability of each class for each utterance seen, calibrated on source speakers, its class frequencies
shrunk towards equal ones as in prior_matching (free frequencies let a class that is heard too often take everything).
M-step: the linear discriminant of the Gaussians, fitted anew to the source and the target mixed; the target counts for
`share` of what is known, less where few utterances are seen, so means and covariance are those of a maximum a
posteriori with the source as prior (Dempster, Laird & Rubin 1977, Journal of the Royal Statistical Society B 39, p. 1;
Gauvain & Lee 1994, IEEE Transactions on Speech and Audio Processing 2, p. 291). The discriminant is found by ridge
regression to the probabilities, see zoo/methods/heads.py, whose shrinkage holds where there are more numbers than
utterances.

Skewed classes move the mean of a target as another room does, and one EM cannot tell them apart. So there are several:
one with estimated frequencies, and for each class one in which it has `peak` of all utterances. Their answers are
averaged, those most that find classes which are compact in the target: see `likelihood`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from zoo.methods import heads, priors
from zoo.methods.aligned import Aligned, aligned
from zoo.methods.contract import Answer, Matrix, Method, Names, Random, Seen, Source
from zoo.methods.heads import Head, Moments
from zoo.study.configured import Configurable
from zoo.study.section import Count, Section
from zoo.tables.sights import Sights


class Options(Section):
    """prior, towards_even, prior_utterances, speakers: as in prior_matching.

    share: of the target in what is fitted, if many utterances are seen; half of that from `utterances`.
    penalty: the variance added to every direction, of embeddings that have one of about 1; with a target in the fit
    less is needed than the source alone would choose. rounds: of both steps.
    peak: the share of the class that is frequent; 0 for one EM, with estimated frequencies. trust: in the likelihoods
    of the EMs, if many utterances are seen; half of that from `trust_utterances`; 0 for their plain mean.
    """

    prior: Literal["estimated", "assumed"] = "estimated"
    towards_even: Annotated[float, Field(ge=0, le=1)] = 0.5
    prior_utterances: Annotated[float, Field(ge=0)] = 20.0
    speakers: bool = False
    share: Annotated[float, Field(gt=0, lt=1)] = 0.7
    utterances: Annotated[float, Field(ge=0)] = 200.0
    penalty: Annotated[float, Field(gt=0)] = 0.3
    rounds: Count = 8
    peak: Annotated[float, Field(ge=0, lt=1)] = 0.55
    trust: Annotated[float, Field(ge=0)] = 10.0
    trust_utterances: Annotated[float, Field(ge=0)] = 500.0


@dataclass(frozen=True)
class Adapted:
    """head: after the last round. added: (C,), to its scores. likelihood: see below."""

    head: Head
    added: Matrix
    likelihood: float

    def probabilities(self, rows: Matrix) -> Matrix:
        """(n, K) -> (n, C)."""
        return heads.softmax(np.asarray(self.head.scores(rows) + self.added))


def adapted(target: Aligned, seen: Moments, prior: Matrix | None, options: Options) -> Adapted:
    """One EM. seen: moments of the target's rows. prior: (C,), frequencies that are taken for granted, or None."""
    n, source = len(target.rows), target.space
    share = options.share * n / (n + options.utterances)

    def guess(head: Head) -> tuple[Matrix, Matrix]:
        scores = head.scores(target.rows)
        added = priors.bias(scores, source.known, prior, options.towards_even, options.prior_utterances)
        return added, heads.softmax(np.asarray(scores + added))

    head = source.head
    added, guessed = guess(head)
    for _ in range(options.rounds):
        found = heads.relabelled(seen, target.rows, guessed)
        head = heads.fitted(source.moments.mixed(found, share), options.penalty, source.sharpness)
        added, guessed = guess(head)
    return Adapted(head, added, likelihood(target.rows, seen, guessed, options.penalty))


def likelihood(rows: Matrix, seen: Moments, shares: Matrix, penalty: float) -> float:
    """Of the target under Gaussians of these classes, an utterance, above that under one Gaussian.

    The classification likelihood with a shared covariance (Banfield & Raftery 1993, Biometrics 49, p. 803):
    (log|T| - log|W|) / 2 - H, of the covariances T of all rows (n, K) and W within classes, and the entropy H of the
    class frequencies. shares: (n, C). The penalty is added to the variances, so that few rows do not look compact.
    """
    frequencies = shares.mean(axis=0)
    means = shares.T @ rows / len(rows) / np.maximum(frequencies, 1e-12)[:, None]
    total = seen.squares - np.outer(seen.rows, seen.rows)
    within = seen.squares - (means * frequencies[:, None]).T @ means
    added = penalty * np.eye(len(total))
    gain = (np.linalg.slogdet(total + added)[1] - np.linalg.slogdet(within + added)[1]) / 2
    return float(gain + frequencies @ np.log(np.maximum(frequencies, 1e-12)))


def _priors(known: Matrix, peak: float) -> list[Matrix | None]:
    """Estimated frequencies, and those where one class has `peak` of the utterances and the others the rest."""
    classes = np.flatnonzero(known)
    if peak == 0 or len(classes) < 2:
        return [None]
    rest = known * (1 - peak) / (len(classes) - 1)
    return [None, *(np.where(np.arange(len(known)) == one, peak, rest) for one in classes)]


def _weights(found: Sequence[Adapted], n: int, options: Options) -> Matrix:
    """Of each EM, they add up to 1."""
    trust = options.trust * n / (n + options.trust_utterances)
    weights: Matrix = heads.softmax(trust * np.array([[one.likelihood for one in found]]))[0]
    return weights


def _make(options: Options) -> Method:
    def fit(source: Source, seen: Seen, random: Random) -> Answer:
        target = aligned(source, seen)
        n, classes = len(target.rows), source.num_classes
        moments = heads.moments(target.rows, np.zeros((n, classes)), np.full(n, 1 / n))
        tried = _priors(target.space.known, options.peak) if seen.prior is None else [seen.prior]
        found = [adapted(target, moments, prior, options) for prior in tried]
        weights = _weights(found, n, options)

        def answer(embeddings: Matrix, speakers: Names | None) -> Matrix:
            rows = target.rows_of(embeddings, speakers)
            each = [weight * one.probabilities(rows) for weight, one in zip(weights, found, strict=True)]
            return np.asarray(np.sum(each, axis=0))

        return answer

    return Method(3, Sights("all", speakers=options.speakers, prior=options.prior == "assumed"), fit, fewest=2)


METHOD = Configurable(Options, _make)
