"""Prior matching: after standardisation, classes are answered as often as they are taken to be frequent.

A bias of each class is chosen so that the mean of the calibrated probabilities of what is seen is a prior (a constraint
as in Mann & McCallum 2010, Journal of Machine Learning Research 11, p. 955). `prior: assumed` takes a given one, and is
as wrong as that. `prior: estimated` takes the mean of the probabilities themselves, shrunk towards equal frequencies:
an estimate by EM (Saerens, Latinne & Decaestecker 2002, Neural Computation 14, p. 21) trusts probabilities that the
change of corpus has made too sure.
"""

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from zoo.methods import heads, priors
from zoo.methods.aligned import aligned
from zoo.methods.contract import Answer, Matrix, Method, Names, Random, Seen, Source
from zoo.study.configured import Configurable
from zoo.study.section import Section
from zoo.tables.sights import Sights


class Options(Section):
    """prior: estimated from what is seen, or assumed. towards_even: the share of equal frequencies in the estimate.
    utterances: of so many seen, half of the bias is taken. speakers: each is standardised by their own statistics."""

    prior: Literal["estimated", "assumed"] = "estimated"
    towards_even: Annotated[float, Field(ge=0, le=1)] = 0.5
    utterances: Annotated[float, Field(ge=0)] = 20.0
    speakers: bool = False


def _make(options: Options) -> Method:
    def fit(source: Source, seen: Seen, random: Random) -> Answer:
        target = aligned(source, seen)
        head = target.space.head
        bias = priors.bias(
            head.scores(target.rows), target.space.known, seen.prior, options.towards_even, options.utterances
        )

        def answer(embeddings: Matrix, speakers: Names | None) -> Matrix:
            return heads.softmax(np.asarray(head.scores(target.rows_of(embeddings, speakers)) + bias))

        return answer

    return Method(3, Sights("all", speakers=options.speakers, prior=options.prior == "assumed"), fit, fewest=1)


METHOD = Configurable(Options, _make)
