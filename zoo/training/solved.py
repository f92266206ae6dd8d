"""Models whose head is fitted at once on all training utterances."""

from collections.abc import Sequence

import numpy as np
import torch

from zoo import architectures, tasks
from zoo.architectures.recogniser import Recogniser
from zoo.runtime.embedding import Embedding
from zoo.runtime.inference import outputs_of
from zoo.tasks.contract import Numbers, usable
from zoo.training.batches import Examples
from zoo.training.loop import diverged, standardisation
from zoo.training.recipe import Recipe

Parts = tuple[tuple[Examples, Examples], ...]
SCALES = (-5.0, 7.0)  # bounds of the factor's logarithm


def solve(recipe: Recipe, train: Examples, standardised_over: Examples | None = None) -> Recogniser:
    """The network with its head fitted. standardised_over: see zoo.training.job.Job.

    The task has one reading, the probabilities of classes: `zoo.training.data.task_of` sees to it.
    """
    architecture = architectures.get(recipe.architecture)
    assert architecture.solve is not None
    torch.manual_seed(recipe.seed)
    task = tasks.build(recipe.task[1], recipe.task[0], recipe.classes)
    model = architectures.build(recipe.architecture, recipe.hyperparameters, train.store.num_dims, task.num_outputs)
    model.mean, model.std = standardisation(train if standardised_over is None else standardised_over)
    known = usable(train.targets)
    names = [name for name, one in zip(train.utterance_ids, known, strict=True) if one]
    each = [outputs_of(Embedding(model), train.store, names, copy) for copy in range(1 + train.store.copies)]
    embeddings, targets = np.concatenate(each, dtype=np.float64), np.tile(train.targets[known], (len(each), 1))
    weight, bias = architecture.solve(
        architecture.settings(recipe.hyperparameters), embeddings, targets.astype(np.float64), recipe.seed
    )
    with torch.no_grad():
        model.head.weight.copy_(torch.from_numpy(weight * recipe.output_scale))
        model.head.bias.copy_(torch.from_numpy(bias * recipe.output_scale))
    return model


def cross_validated(
    recipe: Recipe, parts: Parts, standardised_over: Examples | None = None, copies: Sequence[int] = (0,)
) -> tuple[Recogniser, list[Numbers]]:
    """Fit to the first examples of each part and ask about the second ones: one of the networks, and all outputs.

    copies: which of each utterance's copies are asked about, 0 being itself; outputs (N, O) for each.
    """
    outputs: list[list[Numbers]] = [[] for _ in copies]
    for train, asked in parts:
        network = solve(recipe, train, standardised_over)
        for copy, own in zip(copies, outputs, strict=True):
            own.append(outputs_of(network, asked.store, asked.utterance_ids, copy))
    return network, [np.concatenate(own) for own in outputs]


def scored(recipe: Recipe, outputs: Numbers, dev: Examples) -> tuple[float, float, float]:
    """The dev score of outputs, the factor on them that makes the dev loss least, and that loss.

    The outputs of a machine that separates classes are no log-probabilities, and say neither how sure it is nor how
    much it counts among others; one factor, found on speakers whom it was not fitted to, mends that (temperature
    scaling, Guo et al. 2017, arXiv 1706.04599). Raises ZooError if they are not finite.
    """
    from scipy.optimize import minimize_scalar

    task = tasks.build(recipe.task[1], recipe.task[0], recipe.classes)
    score, loss_function, targets = task.dev_score(outputs, dev.targets), task.loss(dev.targets), dev.targets

    def loss(logarithm: float) -> float:
        return float(
            loss_function(torch.from_numpy(outputs * np.float32(np.exp(logarithm))), torch.from_numpy(targets))
        )

    if not np.isfinite([score, loss(0.0)]).all():
        raise diverged(recipe.architecture)
    best = minimize_scalar(loss, bounds=SCALES, method="bounded").x
    return score, float(f"{np.exp(best):.4g}"), loss(best)
