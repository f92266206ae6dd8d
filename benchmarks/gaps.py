"""How often intervals of the gap between two groups of speakers hold the truth, in simulated studies.

python benchmarks/gaps.py [TRIALS]

Prints the table of docs/intervals.md: for groups of so many speakers, who say 12 utterances of each of four classes,
the share of intervals of `zoo.evaluation.gap` that hold the true gap. The log odds of a speaker's recalls are normal,
std 0.6; where groups are unlike, those of the second have a std of 1.2. Nominal: 95 %. The standard error of a share is
0.005 with 2,000 trials, which take a quarter of a minute.
"""

import sys

import numpy as np

from zoo.evaluation.gap import gap
from zoo.metrics.confusion import UAR
from zoo.metrics.contract import Sums

SIZES = ((3, 3), (3, 8), (4, 5), (5, 5), (12, 12))
MANY = 20_000  # speakers whose UAR is taken for the truth
PER_CLASS, CLASSES = 12, 4


def speakers(random: np.random.Generator, number: int, log_odds: float, spread: float) -> Sums:
    """Confusions (1, number, 4, 4) of speakers."""
    own = log_odds + random.normal(0, spread, (number, 1)) + random.normal(0, 0.4, (number, CLASSES))
    hits = random.binomial(PER_CLASS, 1 / (1 + np.exp(-own)))
    sums = np.zeros((1, number, CLASSES, CLASSES), np.int64)
    for label in range(CLASSES):
        sums[0, :, label, label] = hits[:, label]
        sums[0, :, label, (label + 1) % CLASSES] = PER_CLASS - hits[:, label]
    return sums


def coverage(sizes: tuple[int, int], spreads: tuple[float, float], trials: int) -> float:
    """The share of intervals that hold the truth."""
    random, held = np.random.default_rng(sizes), 0
    kinds = tuple(zip((0.9, 0.2), spreads, strict=True))
    first, second = (UAR.figure(speakers(random, MANY, *kind).sum(axis=(0, 1))) for kind in kinds)
    for _ in range(trials):
        found = gap(*(speakers(random, size, *kind) for size, kind in zip(sizes, kinds, strict=True)), 0.95, UAR)
        held += found.low is not None and found.high is not None and found.low <= first - second <= found.high
    return held / trials


def main(trials: int = 2000) -> None:
    """Print the table."""
    print("| speakers | groups alike | groups unlike |\n| --- | ---: | ---: |")
    for sizes in SIZES:
        alike, unlike = coverage(sizes, (0.6, 0.6), trials), coverage(sizes, (0.6, 1.2), trials)
        print(f"| {sizes[0]} and {sizes[1]} | {alike:.3f} | {unlike:.3f} |")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
