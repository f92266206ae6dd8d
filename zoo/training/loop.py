"""The training loop, from the first weights to the epoch with the best dev score."""

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from zoo import architectures, tasks
from zoo.architectures.recogniser import Recogniser
from zoo.errors import ZooError
from zoo.runtime.device import autocast, best_device
from zoo.runtime.inference import outputs_of
from zoo.tasks.contract import Loss, Task
from zoo.training.balance import shares_of
from zoo.training.batches import Examples, in_groups, training_batches
from zoo.training.mixup import mixed
from zoo.training.optimiser import AdamW, groups_of
from zoo.training.recipe import Recipe
from zoo.training.start import Weights, begin
from zoo.training.weight_average import averaged


@dataclass
class Progress:
    """The state of a training, sufficient to resume it.

    recent: the weights after the latest epochs, this one's among them, which an average takes.
    """

    epoch: int = 0
    weights: dict[str, Tensor] = field(default_factory=dict)
    recent: list[dict[str, Tensor]] = field(default_factory=list)
    optimiser: dict[str, Any] = field(default_factory=dict)
    best_epoch: int = 0
    best_weights: dict[str, Tensor] = field(default_factory=dict)
    dev_score: float = float("-inf")
    dev_loss: float = float("inf")
    history: list[dict[str, float]] = field(default_factory=list)


def fit(
    recipe: Recipe,
    train: Examples,
    dev: Examples | None,
    resume: Progress | None = None,
    on_epoch: Callable[[Progress], None] = lambda progress: None,
    standardised_over: Examples | None = None,
    weights: Weights | None = None,
) -> tuple[Recogniser, Progress]:
    """Train, and return the network of the best epoch (without dev speakers: of the last one).

    The best epoch has the highest dev score of the task; ties go to the lower loss.
    on_epoch is called after every epoch with a state that, given as `resume`, leads to the same result.
    standardised_over: see zoo.training.job.Job. weights: to start from, with their standardisation; None: random ones.
    """
    assert recipe.learning_rate is not None and recipe.weight_decay is not None
    device = best_device()
    torch.manual_seed(recipe.seed)
    task = tasks.build(recipe.task[1], recipe.task[0], recipe.classes)
    num_dims = train.store.num_dims
    model = architectures.build(recipe.architecture, recipe.hyperparameters, num_dims, task.num_outputs)
    if weights is not None:
        begin(model, weights, task.readings)
    elif not architectures.get(recipe.architecture).raw:
        model.mean, model.std = standardisation(train if standardised_over is None else standardised_over)
    model = model.to(device)
    optimiser = AdamW(groups_of(model), lr=recipe.learning_rate, weight_decay=recipe.weight_decay)
    loss_function = task.loss(train.targets)
    progress = resume or Progress()
    if progress.epoch:
        model.load_state_dict(progress.weights)
        optimiser.load_state_dict(progress.optimiser)
    fill = model.mean.cpu().numpy()
    shares = shares_of(task, train.targets) if recipe.balanced_batches else None
    network = averaged(model, progress.recent[:-1])

    while progress.epoch < recipe.max_epochs and progress.epoch - progress.best_epoch < recipe.patience:
        torch.manual_seed(recipe.seed * 100_003 + progress.epoch)  # dropout is the same after a resumption
        for group in optimiser.param_groups:
            group["lr"] = recipe.learning_rate * group["share"] * rate_factor(progress.epoch, recipe.schedule_epochs)
        model.train()
        total = 0.0
        random = np.random.default_rng([recipe.seed, progress.epoch, 1])
        single = training_batches(train, recipe, fill, progress.epoch, shares)
        for batches in in_groups(single, recipe.accumulate):
            all_targets = torch.cat([targets for *_, targets in batches]).to(device)
            among = all_targets if len(batches) > 1 else None
            optimiser.zero_grad()
            for inputs, lengths, targets in batches:
                partner, share = None, 1.0
                if recipe.mixup:
                    inputs, partner, share = mixed(inputs, lengths, recipe.mixup, random)
                with autocast(recipe.architecture, recipe.precision, device):
                    outputs = model(inputs.to(device), lengths.to(device))
                loss = loss_function(outputs.float(), targets.to(device), among)
                if partner is not None:
                    other = loss_function(outputs.float(), targets[partner].to(device), among)
                    loss = share * loss + (1 - share) * other
                loss.backward()  # type: ignore[no-untyped-call]
                total += loss.item() * len(all_targets)
            nn.utils.clip_grad_norm_(model.parameters(), recipe.gradient_clip)
            optimiser.step()
        progress.epoch += 1
        progress.history.append({"train_loss": total / len(train)})
        network = averaged(model, progress.recent[1 - recipe.average_epochs :])
        if dev is None:
            progress.best_epoch = progress.epoch
        else:
            with autocast(recipe.architecture, recipe.precision, device):
                validate(progress, network, task, loss_function, dev)
        progress.weights, progress.optimiser = model.state_dict(), optimiser.state_dict()
        if recipe.average_epochs > 1:
            progress.recent = [*progress.recent, copy.deepcopy(progress.weights)][-recipe.average_epochs :]
        on_epoch(progress)

    if dev is not None and not progress.best_weights:
        raise diverged(recipe.architecture)
    if progress.best_weights:
        network.load_state_dict(progress.best_weights)
    return network, progress


def diverged(architecture: str) -> ZooError:
    """The error of a training none of whose epochs can be chosen."""
    return ZooError(
        f"the training of {architecture} diverged: no epoch had a finite dev score and loss",
        "lower the learning rate, or look at the input",
    )


def validate(progress: Progress, model: Recogniser, task: Task, loss_function: Loss, dev: Examples) -> None:
    """Compute the dev score and loss after an epoch, and keep the weights if they are the best so far."""
    outputs = outputs_of(model, dev.store, dev.utterance_ids)
    score = task.dev_score(outputs, dev.targets)
    loss = float(loss_function(torch.from_numpy(outputs), torch.from_numpy(dev.targets)))
    progress.history[-1].update(dev_score=score, dev_loss=loss)
    if not np.isfinite([score, loss]).all():
        return
    if (score, -loss) > (progress.dev_score, -progress.dev_loss):
        progress.best_epoch, progress.dev_score, progress.dev_loss = progress.epoch, score, loss
        progress.best_weights = copy.deepcopy(model.state_dict())


def standardisation(examples: Examples) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation of every dimension over all rows of the utterances: (D,), (D,).

    One that never varies has the standard deviation 1.
    """
    total, squares, count = 0.0, 0.0, 0
    for utterance_id in examples.utterance_ids:
        frames = examples.store.frames(utterance_id).astype(np.float64)
        total, squares, count = total + frames.sum(axis=0), squares + np.square(frames).sum(axis=0), count + len(frames)
    mean = np.asarray(total / count)
    variance = np.asarray(squares / count) - mean**2
    # the difference of two large numbers is not quite 0 where all values are equal
    std = np.sqrt(np.where(variance > 1e-10 * mean**2, variance, 1.0))
    return torch.from_numpy(mean).float(), torch.from_numpy(std).float()


def rate_factor(epoch: int, epochs: int) -> float:
    """Half a cosine from 1 to 0 over `epochs` (Loshchilov & Hutter 2017, arXiv 1608.03983)."""
    return float(0.5 * (1 + np.cos(np.pi * min(epoch, epochs) / (epochs + 1))))
