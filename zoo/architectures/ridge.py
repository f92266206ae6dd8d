"""Ridge regression to the classes (Hoerl & Kennard 1970, Technometrics 12, p. 55) on one row of numbers an utterance.

To 1 for the class and -1 for all others, by scikit-learn's RidgeClassifier; its outputs are no log-probabilities: the
answers are right, the probabilities that are made of them are far too even.
"""

from dataclasses import dataclass

from zoo.architectures.contract import ROW, Architecture, Matrix
from zoo.architectures.scikit import Row, fitted


@dataclass(frozen=True)
class Hyperparameters:
    """alpha: the weight of small weights against that of errors, for each number of the row."""

    alpha: float = 1.0

    def __post_init__(self) -> None:
        if self.alpha <= 0:
            raise ValueError(f"alpha = {self.alpha}: greater than 0")


def solve(settings: Hyperparameters, embeddings: Matrix, shares: Matrix, seed: int) -> tuple[Matrix, Matrix]:
    """As `scikit.fitted`."""
    from sklearn.linear_model import RidgeClassifier

    return fitted(RidgeClassifier(alpha=settings.alpha * embeddings.shape[1]), embeddings, shares)


ARCHITECTURE = Architecture(
    name="ridge",
    hyperparameters=Hyperparameters,
    network=Row,
    search_space={"alpha": (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)},
    kinds=ROW,
    solve=solve,
)
