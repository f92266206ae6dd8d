"""Logistic regression over all classes at once (Cox 1958, JRSS B 20, p. 215) on one row of numbers for each utterance.

By scikit-learn, the sum of squared weights as penalty: the standardisation and a linear layer are the whole model.
"""

from dataclasses import dataclass

from zoo.architectures.contract import ROW, Architecture, Matrix
from zoo.architectures.scikit import Row, fitted

MAX_STEPS = 2_000


@dataclass(frozen=True)
class Hyperparameters:
    """c: the weight of errors against that of small weights, for one utterance of average weight."""

    c: float = 1e-3

    def __post_init__(self) -> None:
        if self.c <= 0:
            raise ValueError(f"c = {self.c}: greater than 0")


def solve(settings: Hyperparameters, embeddings: Matrix, shares: Matrix, seed: int) -> tuple[Matrix, Matrix]:
    """As `scikit.fitted`."""
    from sklearn.linear_model import LogisticRegression

    return fitted(LogisticRegression(C=settings.c, max_iter=MAX_STEPS), embeddings, shares)


ARCHITECTURE = Architecture(
    name="logistic",
    hyperparameters=Hyperparameters,
    network=Row,
    search_space={"c": (1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1)},
    kinds=ROW,
    solve=solve,
)
