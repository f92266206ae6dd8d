"""A linear support vector machine on one row of numbers for each utterance, such as openSMILE's functionals.

One class against the others (Cortes & Vapnik 1995, Machine Learning 20, p. 273), by scikit-learn's LinearSVC (Fan et
al. 2008, JMLR 9, p. 1871): the standardisation and a linear layer are the whole model.
"""

from dataclasses import dataclass

from zoo.architectures.contract import ROW, Architecture, Matrix
from zoo.architectures.scikit import Row, fitted

MAX_STEPS = 20_000


@dataclass(frozen=True)
class Hyperparameters:
    """c: the weight of errors against that of a wide margin, for one utterance of average weight."""

    c: float = 1e-3

    def __post_init__(self) -> None:
        if self.c <= 0:
            raise ValueError(f"c = {self.c}: greater than 0")


def solve(settings: Hyperparameters, embeddings: Matrix, shares: Matrix, seed: int) -> tuple[Matrix, Matrix]:
    """As `scikit.fitted`."""
    from sklearn.svm import LinearSVC

    return fitted(LinearSVC(C=settings.c, dual=True, max_iter=MAX_STEPS, random_state=seed), embeddings, shares)


ARCHITECTURE = Architecture(
    name="svm",
    hyperparameters=Hyperparameters,
    network=Row,
    search_space={"c": (1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1)},
    kinds=ROW,
    solve=solve,
)
