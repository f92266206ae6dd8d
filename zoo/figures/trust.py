"""The figures of how a model came to be and how far its probabilities can be trusted: learning curves, reliability."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zoo.figures.drawing import ACCENT, QUIET, drawing

_MOST = 130.0  # square points: the dot of the bin with the most utterances


def learning_curves(title: str, measure: str, curves: Sequence[tuple[Sequence[float], bool]]) -> str:
    """Dev scores over epochs, a line a trial; those that were chosen are strong, with a dot at their best epoch.

    curves: the scores after every epoch, at least one, and whether the trial was chosen for its group of folds.
    """
    out: list[str] = []
    longest = max(len(scores) for scores, _ in curves)
    every = np.concatenate([np.asarray(scores, dtype=float) for scores, _ in curves])
    known = every[np.isfinite(every)]  # a training may diverge
    within = len(known) > 0 and bool(known.min() >= 0 and known.max() <= 1)
    with drawing(3.5, 2.3, out, name=title) as axes:
        for scores, chosen in sorted(curves, key=lambda one: one[1]):
            epochs, values = np.arange(1, len(scores) + 1), np.asarray(scores, dtype=float)
            style: Any = (
                {"color": ACCENT, "linewidth": 1.8} if chosen else {"color": QUIET, "linewidth": 0.9, "alpha": 0.7}
            )
            axes.plot(epochs, values, **style)
            if chosen and np.isfinite(values).any():
                best = int(np.nanargmax(values))
                axes.plot([epochs[best]], [values[best]], "o", color=ACCENT, markersize=5)
        axes.set_xlim(1, max(longest, 2))
        axes.set_xticks(sorted({1, (1 + longest) // 2, longest}))
        if within:
            axes.set_ylim(0, 1.02)
        axes.set_xlabel("epoch")
        axes.set_ylabel(f"dev {measure}")
        axes.tick_params(length=0)
        axes.grid(axis="y", color=QUIET, alpha=0.25, linewidth=0.6)
        axes.set_title(title)
    return out[0]


def reliability(title: str, bins: NDArray[np.float64]) -> str:
    """How often answers are right by how sure the model is: a dot a bin, larger for more utterances.

    bins: (num_bins, 3), of each bin utterances, sum of the top probability, hits. On the dashed diagonal what is said
    with 80 % is right in 80 %; below it the model is overconfident.
    """
    number = bins[:, 0]
    some = number > 0
    sure, right = bins[some, 1] / number[some], bins[some, 2] / number[some]
    out: list[str] = []
    with drawing(3.1, 2.9, out, name=title) as axes:
        axes.plot([0, 1], [0, 1], color=QUIET, linestyle=(0, (4, 3)), linewidth=1)
        axes.vlines(sure, np.minimum(sure, right), np.maximum(sure, right), color=QUIET, linewidth=1.2, alpha=0.7)
        sizes = 8 + _MOST * number[some] / max(float(number.max()), 1.0)
        axes.scatter(sure, right, s=sizes, color=ACCENT, alpha=0.8, linewidths=0)
        axes.set_xlim(0, 1.02)
        axes.set_ylim(-0.04, 1.04)
        ticks = [0, 0.25, 0.5, 0.75, 1]
        axes.set_xticks(ticks, [f"{100 * tick:.0f} %" for tick in ticks])
        axes.set_yticks(ticks, [f"{100 * tick:.0f} %" for tick in ticks])
        axes.set_aspect("equal")
        axes.set_xlabel("how sure the model is")
        axes.set_ylabel("how often it is right")
        axes.tick_params(length=0)
        axes.grid(color=QUIET, alpha=0.2, linewidth=0.6)
        axes.set_title(title)
    return out[0]
