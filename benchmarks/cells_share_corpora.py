"""How often a Friedman test over cells finds a difference among methods that are alike, since cells share corpora.

python benchmarks/cells_share_corpora.py [TRIALS]

Prints the table of docs/intervals.md. A cell is an ordered pair of N corpora, source and target: N (N - 1) cells. What
each of 5 methods has on a cell is a normal effect of the source, one of the target and one of the cell, drawn for each
method; all have mean 0, so that over new corpora no method is better. `shared` is the share of the variance that source
and target make together, half of it each; 0 is cells that share nothing. The test takes cells for blocks; its nominal
level is 5 %. The standard error of a share is at most 0.005 with 10,000 trials, which take a quarter of a minute.
"""

import sys

import numpy as np

from zoo.evaluation.friedman import friedman

LEVEL = 0.05
NUM_METHODS = 5
CORPORA = (3, 4, 6)
SHARED = (0.0, 0.5, 0.8)


def over_cells(random: np.random.Generator, num_corpora: int, shared: float) -> np.ndarray:
    """What methods have on each cell: (num_corpora * (num_corpora - 1), NUM_METHODS)."""
    of_source, of_target = random.normal(0, np.sqrt(shared / 2), (2, num_corpora, NUM_METHODS))
    pairs = [(one, other) for one in range(num_corpora) for other in range(num_corpora) if one != other]
    own = random.normal(0, np.sqrt(1 - shared), (len(pairs), NUM_METHODS))
    return np.array([of_source[one] + of_target[other] for one, other in pairs]) + own


def rejected(num_corpora: int, shared: float, trials: int) -> float:
    """The share of trials whose p is below LEVEL."""
    random = np.random.default_rng([num_corpora, round(100 * shared)])
    found = [friedman(over_cells(random, num_corpora, shared)).p for _ in range(trials)]
    return float(np.mean([p is not None and p < LEVEL for p in found]))


def main(trials: int = 10_000) -> None:
    """Print the table."""
    print("| corpora | cells | " + " | ".join(f"shared {shared:g}" for shared in SHARED) + " |")
    print("| ---: | ---: |" + " ---: |" * len(SHARED))
    for num_corpora in CORPORA:
        shares = [f"{rejected(num_corpora, shared, trials):.3f}" for shared in SHARED]
        print(f"| {num_corpora} | {num_corpora * (num_corpora - 1)} | " + " | ".join(shares) + " |")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
