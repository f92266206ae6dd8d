"""EM over class Gaussians that share a covariance: fitted to the source, then to the target whose labels are guessed.

E-step: the probability of each class for each utterance seen, calibrated on source speakers, its class frequencies
shrunk towards equal ones as in prior_matching (free frequencies let a class that is heard too often take everything).
M-step: the linear discriminant of the Gaussians, fitted anew to the source and the target mixed; the target counts for
`share` of what is known, less where few utterances are seen, so means and covariance are those of a maximum a
posteriori with the source as prior (Dempster, Laird & Rubin 1977, Journal of the Royal Statistical Society B 39, p. 1;
Gauvain & Lee 1994, IEEE Transactions on Speech and Audio Processing 2, p. 291). The discriminant is found by ridge
regression to the probabilities, see zoo/methods/heads.py, whose shrinkage holds where there are more numbers than
utterances.
"""

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from zoo.methods import heads, priors
from zoo.methods.aligned import Aligned, aligned
from zoo.methods.contract import Answer, Matrix, Method, Names, Random, Seen, Source
from zoo.methods.heads import Head
from zoo.study.configured import Configurable
from zoo.study.section import Count, Section
from zoo.tables.sights import Sights


class Options(Section):
    """prior, towards_even, prior_utterances, speakers: as in prior_matching.

    share: of the target in what is fitted, if many utterances are seen; half of that from `utterances`.
    penalty: the variance added to every direction, of embeddings that have one of about 1; with a target in the fit
    less is needed than the source alone would choose. rounds: of both steps.
    """

    prior: Literal["estimated", "assumed"] = "estimated"
    towards_even: Annotated[float, Field(ge=0, le=1)] = 0.5
    prior_utterances: Annotated[float, Field(ge=0)] = 20.0
    speakers: bool = False
    share: Annotated[float, Field(gt=0, lt=1)] = 0.7
    utterances: Annotated[float, Field(ge=0)] = 200.0
    penalty: Annotated[float, Field(gt=0)] = 0.3
    rounds: Count = 8


def adapted(target: Aligned, prior: Matrix | None, options: Options) -> tuple[Head, Matrix]:
    """The head after the last round, and what is added to its scores (C,)."""
    n, source = len(target.rows), target.space
    share = options.share * n / (n + options.utterances)
    head = source.head
    added = priors.bias(head.scores(target.rows), prior, options.towards_even, options.prior_utterances)
    for _ in range(options.rounds):
        guessed = heads.softmax(np.asarray(head.scores(target.rows) + added))
        found = heads.moments(target.rows, guessed, np.full(n, 1 / n))
        head = heads.fitted(source.moments.mixed(found, share), options.penalty, source.sharpness)
        added = priors.bias(head.scores(target.rows), prior, options.towards_even, options.prior_utterances)
    return head, added


def _make(options: Options) -> Method:
    def fit(source: Source, seen: Seen, random: Random) -> Answer:
        target = aligned(source, seen)
        head, added = adapted(target, seen.prior, options)

        def answer(embeddings: Matrix, speakers: Names | None) -> Matrix:
            return heads.softmax(np.asarray(head.scores(target.rows_of(embeddings, speakers)) + added))

        return answer

    return Method(3, Sights("all", speakers=options.speakers, prior=options.prior == "assumed"), fit, fewest=2)


METHOD = Configurable(Options, _make)
