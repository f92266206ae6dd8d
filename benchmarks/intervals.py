"""How often intervals over speakers hold the truth, in simulated studies whose truth is known.

python benchmarks/intervals.py [TRIALS]

Prints the table of docs/intervals.md: for each population and number of speakers the bias of the figure and the share
of intervals that hold the truth: the jackknife on the figure itself, on its metric's scale, and the percentile
bootstrap over speakers (1,000 draws); too high: the share that lies above it. Nominal: 95 %. The standard error of a
share is 0.005 with 2,000 trials, which take six minutes.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from zoo import metrics
from zoo.evaluation.calibration import leave_fold_out
from zoo.evaluation.intervals import jackknife
from zoo.metrics.contract import Answers, Metric, Sums
from zoo.metrics.scales import IDENTITY
from zoo.tasks.classes import softmax

CONFIDENCE = 0.95
DRAWS = 1000  # of the bootstrap
MANY = 20_000  # speakers whose figure is taken for the truth

Draw = Callable[[np.random.Generator, int], Answers]  # (random, number of speakers) -> their answers


def at_the_end(random: np.random.Generator, num_speakers: int) -> Answers:
    """Recalls of about 0.999: every second study of ten speakers has a UAR of exactly 1."""
    return _classified(random, num_speakers, log_odds=7.0, spread=0.9)


def near_the_end(random: np.random.Generator, num_speakers: int) -> Answers:
    """Recalls of about 0.96 that differ between speakers and classes."""
    return _classified(random, num_speakers, log_odds=3.7, spread=0.9)


def in_the_middle(random: np.random.Generator, num_speakers: int) -> Answers:
    """Recalls of about 0.6."""
    return _classified(random, num_speakers, log_odds=0.45, spread=0.6)


def _classified(random: np.random.Generator, num_speakers: int, log_odds: float, spread: float) -> Answers:
    """Four classes of 12 utterances. spread: of the speakers' log odds; that of their classes is 0.4."""
    own = log_odds + random.normal(0, spread, (num_speakers, 1)) + random.normal(0, 0.4, (num_speakers, 4))
    recall = np.repeat((1 / (1 + np.exp(-own))).ravel(), 12)
    label = np.tile(np.repeat(np.arange(4), 12), num_speakers)
    wrong = (label + random.integers(1, 4, len(label))) % 4
    predicted = np.where(random.random(len(label)) < recall, label, wrong)
    return Answers(_groups(num_speakers, 48), num_speakers, 4, label=label, predicted=predicted)


def alike(random: np.random.Generator, num_speakers: int) -> Answers:
    """The model follows the arousal of every speaker about equally well."""
    return _followed(random, num_speakers, bias=0.05, slope=0.1)


def unlike(random: np.random.Generator, num_speakers: int) -> Answers:
    """The model is biased for some speakers and nearly flat for others."""
    return _followed(random, num_speakers, bias=0.09, slope=0.2)


def _followed(random: np.random.Generator, num_speakers: int, bias: float, slope: float) -> Answers:
    """50 utterances. bias, slope: how much the model's offset and its slope, 0.75, vary between speakers (std)."""
    own = random.normal(0, 1, (3, num_speakers, 1))
    truth = 0.5 + 0.05 * own[0] + random.normal(0, 0.17, (num_speakers, 50))
    values = 0.5 + bias * own[1] + (0.75 + slope * own[2]) * (truth - 0.5) + random.normal(0, 0.08, truth.shape)
    three = [np.repeat(part.reshape(-1, 1), 3, axis=1) for part in (truth, values)]
    return Answers(_groups(num_speakers, 50), num_speakers, truth=three[0], values=three[1])


def calibrated(random: np.random.Generator, num_speakers: int) -> Answers:
    """50 utterances in four classes, labels drawn from the probabilities that the model states: it is calibrated."""
    return _stated(random, num_speakers, sharpness=1.0)


def not_recalibrated(random: np.random.Generator, num_speakers: int) -> Answers:
    """The same without a temperature, which takes most of the time."""
    return _stated(random, num_speakers, sharpness=1.0, recalibrate=False)


def overconfident(random: np.random.Generator, num_speakers: int) -> Answers:
    """The same, but the model states the probabilities of twice its logits: its best temperature is 2."""
    return _stated(random, num_speakers, sharpness=2.0)


def _stated(random: np.random.Generator, num_speakers: int, sharpness: float, recalibrate: bool = True) -> Answers:
    group = _groups(num_speakers, 50)
    logits = random.normal(0, 1.5, (len(group), 4)) + random.normal(0, 0.5, (num_speakers, 4))[group]
    label = (softmax(logits).cumsum(axis=1) < random.random((len(group), 1))).sum(axis=1).clip(max=3)
    stated = sharpness * logits
    answers = Answers(group, num_speakers, 4, label=label, probabilities=softmax(stated))
    if not recalibrate:
        return answers
    if num_speakers == MANY:
        return replace(answers, recalibrated=softmax(stated / sharpness))  # the best temperature is known
    return replace(answers, recalibrated=leave_fold_out(stated, label, group % 10))


def _groups(num_speakers: int, each: int) -> np.ndarray:
    return np.repeat(np.arange(num_speakers), each)


@dataclass(frozen=True)
class Case:
    """A metric of a population; truth: None to take it from MANY speakers."""

    title: str
    metric: Metric
    draw: Draw
    truth: float | None = None


CASES = (
    Case("UAR near 0.999", metrics.get("uar"), at_the_end),
    Case("UAR near 0.96", metrics.get("uar"), near_the_end),
    Case("UAR near 0.6", metrics.get("uar"), in_the_middle),
    Case("CCC, speakers alike", metrics.get("ccc_arousal"), alike),
    Case("CCC, speakers unlike", metrics.get("ccc_arousal"), unlike),
    Case("ECE, calibrated", metrics.get("ece"), not_recalibrated, truth=0.0),
    Case("miscalibration, calibrated", metrics.get("miscalibration"), calibrated, truth=0.0),
    Case("miscalibration, overconfident", metrics.get("miscalibration"), overconfident),
)


def truth_of(case: Case) -> float:
    """The figure of the population."""
    if case.truth is not None:
        return case.truth
    return float(case.metric.total(case.draw(np.random.default_rng(0), MANY)))


def bootstrap(sums: Sums, metric: Metric, random: np.random.Generator) -> tuple[float, float]:
    """The percentile interval of figures of speakers drawn with replacement; sums: (K, ...)."""
    weights = random.multinomial(len(sums), np.full(len(sums), 1 / len(sums)), DRAWS)
    figures = metric.figure(np.tensordot(weights, sums, axes=1))
    low, high = np.nanquantile(figures, [0.5 - CONFIDENCE / 2, 0.5 + CONFIDENCE / 2])
    return float(low), float(high)


def coverage(case: Case, num_speakers: int, trials: int, seed: int = 1, resample: bool = True) -> dict[str, float]:
    """bias of the figure, and the shares of intervals with the truth in them: plain, transformed, bootstrap.

    above: the share of intervals (transformed where there are any) that lie above the truth. An interval that could not
    be made does not hold the truth; no metric without a scale has a transformed one.
    """
    truth, metric = truth_of(case), case.metric
    plain = replace(metric, scale=IDENTITY, low=-np.inf, high=np.inf)
    hits = {"plain": 0, "transformed": 0, "bootstrap": 0}
    values, above = [], 0
    random = np.random.default_rng([seed, num_speakers])
    for _ in range(trials):
        sums = metric.of(case.draw(random, num_speakers))
        first = jackknife(sums[None], plain, CONFIDENCE)
        values.append(first.value)
        second = first if metric.scale is None else jackknife(sums[None], metric, CONFIDENCE)
        above += second.low is not None and second.low > truth
        third = bootstrap(sums, metric, random) if resample else (np.nan, np.nan)
        for name, (low, high) in zip(hits, ((first.low, first.high), (second.low, second.high), third), strict=True):
            hits[name] += low is not None and high is not None and low <= truth <= high
    shares = {name: number / trials for name, number in hits.items()}
    if metric.scale is None:
        del shares["transformed"]
    return {"truth": truth, "bias": float(np.mean(values)) - truth, **shares, "above": above / trials}


def main() -> None:
    """Print the table as Markdown."""
    trials = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    print("| figure | speakers | truth | bias | plain | on its scale | bootstrap | too high |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for case in CASES:
        for num_speakers in (10, 24):
            found = coverage(case, num_speakers, trials)
            shares = [f"{found[name]:.3f}" if name in found else "–" for name in ("plain", "transformed", "bootstrap")]
            if not case.metric.scale or not case.metric.scale.name:
                shares[1] = "–"
            shares.append(f"{found['above']:.3f}")
            first = f"| {case.title} | {num_speakers} | {found['truth']:.3f} | {found['bias']:+.3f} |"
            print(first, " | ".join(shares), "|")


if __name__ == "__main__":
    main()
