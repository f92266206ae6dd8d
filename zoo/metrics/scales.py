"""The scales on which intervals of figures are made.

An interval of a bounded figure is lopsided near the end of its range. It is made on a scale without ends, where its
width hardly depends on the figure, and transformed back (docs/intervals.md has how often each kind covers).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Scale:
    """A monotone function of a figure. name: as intervals state it, empty for the figure itself.

    forward, inverse: of one figure within its range, ends excluded. slope: the derivative of forward, with which a
    standard error becomes one on the scale (delta method: Efron and Tibshirani 1993, section 5.5).
    """

    name: str
    forward: Callable[[float], float]
    inverse: Callable[[float], float]
    slope: Callable[[float], float]


IDENTITY = Scale("", lambda x: x, lambda z: z, lambda x: 1.0)

# for proportions, 0 to 1: log(x / (1 - x)) (Agresti 2013, section 3.1.6)
LOGIT = Scale(
    "the logit scale",
    lambda x: float(np.log(x) - np.log1p(-x)),
    lambda z: float(1 / (1 + np.exp(-z))),
    lambda x: 1 / (x * (1 - x)),
)

# for correlations and concordances, -1 to 1: artanh(x) (Fisher 1921; for the CCC Lin 1989, section 3)
FISHER_Z = Scale("Fisher's z", lambda x: float(np.arctanh(x)), lambda z: float(np.tanh(z)), lambda x: 1 / (1 - x * x))
