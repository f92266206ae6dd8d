"""A linear support vector machine on one row of numbers for each utterance, such as openSMILE's functionals.

One class against the others (Cortes & Vapnik 1995, Machine Learning 20, p. 273), by scikit-learn's LinearSVC (Fan et
al. 2008, JMLR 9, p. 1871): the standardisation and a linear layer are the whole model.
"""

from dataclasses import dataclass

import numpy as np
from torch import Tensor, nn

from zoo.architectures.contract import ROW, Architecture, Matrix

MAX_STEPS = 20_000


@dataclass(frozen=True)
class Hyperparameters:
    """c: the weight of errors against that of a wide margin, for one utterance of average weight."""

    c: float = 1e-3


class Row(nn.Module):
    """The row itself: (B, 1, D), (B,) -> (B, D)."""

    def __init__(self, num_dims: int, settings: Hyperparameters) -> None:
        super().__init__()
        self.embedding_size = num_dims

    def forward(self, inputs: Tensor, lengths: Tensor) -> Tensor:
        """An utterance has one row."""
        return inputs[:, 0]


def solve(settings: Hyperparameters, embeddings: Matrix, shares: Matrix, seed: int) -> tuple[Matrix, Matrix]:
    """Weight (C, E) and bias (C,) of the decision values, all classes balanced.

    An utterance of several classes counts for each with its share. A class that does not occur is never answered.
    """
    from sklearn.svm import LinearSVC

    rows, classes = np.nonzero(shares)
    present = np.unique(classes)
    weight, bias = np.zeros((shares.shape[1], embeddings.shape[1])), np.full(shares.shape[1], -1e4)
    if len(present) == 1:
        bias[present] = 0.0
        return weight, bias
    amounts = shares.sum(axis=0)
    importance = shares[rows, classes] * (len(shares) / (len(present) * amounts[classes]))
    machine = LinearSVC(C=settings.c, dual=True, max_iter=MAX_STEPS, random_state=seed)
    machine.fit(embeddings[rows], classes, sample_weight=importance)
    if len(present) == 2:  # one machine decides between both; the difference of the two outputs is its value
        halves = np.array((-0.5, 0.5))
        weight[present], bias[present] = np.outer(halves, machine.coef_[0]), halves * machine.intercept_[0]
    else:
        weight[present], bias[present] = machine.coef_, machine.intercept_
    return weight, bias


ARCHITECTURE = Architecture(
    name="svm",
    hyperparameters=Hyperparameters,
    network=Row,
    search_space={"c": (1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1)},
    kinds=ROW,
    solve=solve,
)
