"""Linear classifiers of scikit-learn as heads, all classes balanced."""

from typing import Any

import numpy as np
from torch import Tensor, nn

from zoo.architectures.contract import Matrix

NEVER = -1e4  # the output of a class that does not occur in training


class Row(nn.Module):
    """The row itself: (B, 1, D), (B,) -> (B, D)."""

    def __init__(self, num_dims: int, settings: object) -> None:
        super().__init__()
        self.embedding_size = num_dims

    def forward(self, inputs: Tensor, lengths: Tensor) -> Tensor:
        """An utterance has one row."""
        return inputs[:, 0]


def fitted(machine: Any, embeddings: Matrix, shares: Matrix) -> tuple[Matrix, Matrix]:
    """Weight (C, E) and bias (C,) of the decision values of a classifier of scikit-learn, which is fitted here.

    embeddings: (N, E). shares: (N, C), of every class in an utterance; an utterance of several classes counts for each
    with its share. A class that does not occur is never answered.
    """
    rows, classes = np.nonzero(shares)
    present = np.unique(classes)
    weight, bias = np.zeros((shares.shape[1], embeddings.shape[1])), np.full(shares.shape[1], NEVER)
    if len(present) == 1:
        bias[present] = 0.0
        return weight, bias
    amounts = shares.sum(axis=0)
    importance = shares[rows, classes] * (len(shares) / (len(present) * amounts[classes]))
    machine.fit(embeddings[rows], classes, sample_weight=importance)
    if len(present) == 2:  # one machine decides between both; the difference of the two outputs is its value
        halves = np.array((-0.5, 0.5))
        weight[present], bias[present] = np.outer(halves, machine.coef_[0]), halves * machine.intercept_[0]
    else:
        weight[present], bias[present] = machine.coef_, machine.intercept_
    return weight, bias
