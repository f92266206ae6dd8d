"""Models whose head is fitted at once on all training utterances."""

from collections.abc import Callable

import numpy as np
import torch

from zoo import architectures, tasks
from zoo.architectures.recogniser import Recogniser
from zoo.runtime.embedding import Embedding
from zoo.runtime.inference import outputs_of
from zoo.tasks.contract import usable
from zoo.training.batches import Examples
from zoo.training.loop import Progress, diverged, standardisation, validate
from zoo.training.recipe import Recipe


def solve(
    recipe: Recipe,
    train: Examples,
    dev: Examples | None,
    resume: Progress | None = None,
    on_epoch: Callable[[Progress], None] = lambda progress: None,
    standardised_over: Examples | None = None,
) -> tuple[Recogniser, Progress]:
    """As `loop.fit`, with one epoch, in which the head is fitted; there is nothing to resume.

    The task has one reading, the probabilities of classes: `zoo.training.data.task_of` sees to it.
    """
    architecture = architectures.get(recipe.architecture)
    assert architecture.solve is not None
    torch.manual_seed(recipe.seed)
    task = tasks.build(recipe.task[1], recipe.task[0], recipe.classes)
    model = architectures.build(recipe.architecture, recipe.hyperparameters, train.store.num_dims, task.num_outputs)
    model.mean, model.std = standardisation(train if standardised_over is None else standardised_over)
    embeddings = outputs_of(Embedding(model), train.store, train.utterance_ids).astype(np.float64)
    known = slice(None) if usable(train.targets).all() else usable(train.targets)  # no copy where all are usable
    settings = architecture.settings(recipe.hyperparameters)
    weight, bias = architecture.solve(settings, embeddings[known], train.targets[known].astype(np.float64), recipe.seed)
    with torch.no_grad():
        model.head.weight.copy_(torch.from_numpy(weight))
        model.head.bias.copy_(torch.from_numpy(bias))
    progress = Progress(epoch=1, best_epoch=1, history=[{}])
    if dev is not None:
        validate(progress, model, task, task.loss(train.targets), dev)
        if not progress.best_weights:
            raise diverged(recipe.architecture)
    on_epoch(progress)
    return model, progress
