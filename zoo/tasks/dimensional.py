"""Valence, arousal and dominance, each from 0 to 1."""

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from zoo.study.configured import Configurable
from zoo.study.section import Section
from zoo.tasks.contract import Loss, Maker, Numbers, Reading, Task, answered

if TYPE_CHECKING:
    from torch import Tensor

DIMENSIONS = ("valence", "arousal", "dominance")
_TINY = 1e-8


class Options(Section):
    pass


def _targets(rows: pl.DataFrame) -> Numbers:
    numbers = rows.select(pl.col(name).cast(pl.Float32).fill_null(float("nan")) for name in DIMENSIONS)
    return numbers.to_numpy(writable=True)  # torch warns of others


def _values(outputs: Numbers) -> Numbers:
    from scipy.special import expit

    return np.asarray(expit(outputs), dtype=np.float32)


def _loss(training: Numbers) -> Loss:
    """1 - CCC over the batch, the mean of the dimensions (Trigeorgis et al. 2016, ICASSP, equation 2).

    A correlation is no sum over utterances: of several batches it is the mean of theirs, weighted by their utterances.
    """
    import torch

    def loss(outputs: "Tensor", targets: "Tensor", among: "Tensor | None" = None) -> "Tensor":
        parts = []
        for number in range(targets.shape[1]):
            known = ~targets[:, number].isnan()
            if known.sum() < 2:
                continue  # no correlation
            found, wanted = outputs[known, number].sigmoid(), targets[known, number]
            covariance = ((found - found.mean()) * (wanted - wanted.mean())).mean()
            apart = (found.mean() - wanted.mean()).square()
            both = found.var(correction=0) + wanted.var(correction=0)
            parts.append(1 - 2 * covariance / (both + apart + _TINY))
        mean = torch.stack(parts).mean() if parts else outputs.sum() * 0
        return mean if among is None else mean * (len(targets) / len(among))

    return loss


def dev_score(outputs: Numbers, targets: Numbers) -> float:
    """Mean of the dimensions' concordance correlation coefficients (Lin 1989), -1 to 1."""
    found, figures = _values(outputs).astype(np.float64), []
    for number in range(targets.shape[1]):
        known = ~np.isnan(targets[:, number])
        if known.sum() >= 2:
            one, other = found[known, number], targets[known, number].astype(np.float64)
            covariance = ((one - one.mean()) * (other - other.mean())).mean()
            figures.append(2 * covariance / (one.var() + other.var() + (one.mean() - other.mean()) ** 2 + _TINY))
    return float(np.mean(figures)) if figures else 0.0


def _answers(rows: pl.DataFrame, outputs: Numbers) -> pl.DataFrame:
    return answered(
        rows, "dimensional", logits=outputs, truth=_targets(rows), values=_values(outputs), label=rows["label"]
    )


def _make(options: Options) -> Maker:
    task = Task(
        num_outputs=len(DIMENSIONS),
        readings=(Reading(DIMENSIONS, "values"),),
        targets=_targets,
        loss=_loss,
        dev_score=dev_score,
        dev_measure="CCC",
        answers=_answers,
    )
    return lambda classes: task


TASK = Configurable(Options, _make)
