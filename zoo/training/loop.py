"""The training loop, from fresh weights to the epoch with the best dev UAR."""

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from zoo import architectures
from zoo.architectures.recogniser import Recogniser
from zoo.runtime.device import autocast, best_device
from zoo.runtime.inference import logits_of
from zoo.training.batches import Examples, training_batches
from zoo.training.optimiser import AdamW
from zoo.training.recipe import Recipe


@dataclass
class Progress:
    """The state of a training, sufficient to resume it."""

    epoch: int = 0
    weights: dict[str, Tensor] = field(default_factory=dict)
    optimiser: dict[str, Any] = field(default_factory=dict)
    best_epoch: int = 0
    best_weights: dict[str, Tensor] = field(default_factory=dict)
    dev_uar: float = -1.0
    dev_loss: float = float("inf")
    history: list[dict[str, float]] = field(default_factory=list)


def fit(
    recipe: Recipe,
    train: Examples,
    dev: Examples | None,
    resume: Progress | None = None,
    on_epoch: Callable[[Progress], None] = lambda progress: None,
) -> tuple[Recogniser, Progress]:
    """Train, and return the network of the best epoch (without dev speakers: of the last one).

    The best epoch has the highest dev UAR, the mean recall over the classes present in dev; ties go to the lower loss.
    on_epoch is called after every epoch with a state that, given as `resume`, leads to the same result.
    """
    device = best_device()
    torch.manual_seed(recipe.seed)
    model = architectures.build(recipe.architecture, recipe.hyperparameters, train.store.num_dims, recipe.num_classes)
    model.mean, model.deviation = standardisation(train)  # `deviation` is a std: see Recogniser
    model = model.to(device)
    optimiser = AdamW(model.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay)
    loss_function = nn.CrossEntropyLoss(class_weights(train, recipe.num_classes) if recipe.class_weights else None)
    loss_function = loss_function.to(device)
    progress = resume or Progress()
    if progress.epoch:
        model.load_state_dict(progress.weights)
        optimiser.load_state_dict(progress.optimiser)
    fill = model.mean.cpu().numpy()

    while progress.epoch < recipe.max_epochs and progress.epoch - progress.best_epoch < recipe.patience:
        torch.manual_seed(recipe.seed * 100_003 + progress.epoch)  # dropout is the same after a resumption
        for group in optimiser.param_groups:
            group["lr"] = recipe.learning_rate * rate_factor(progress.epoch, recipe.schedule_epochs)
        model.train()
        total = 0.0
        for inputs, lengths, classes in training_batches(train, recipe, fill, progress.epoch):
            with autocast(recipe.architecture, recipe.precision, device):
                logits = model(inputs.to(device), lengths.to(device))
            loss = loss_function(logits.float(), classes.to(device))
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), recipe.gradient_clip)
            optimiser.step()
            total += loss.item() * len(classes)
        progress.epoch += 1
        progress.history.append({"train_loss": total / len(train)})
        if dev is None:
            progress.best_epoch = progress.epoch
        else:
            with autocast(recipe.architecture, recipe.precision, device):
                validate(progress, model, dev)
        progress.weights, progress.optimiser = model.state_dict(), optimiser.state_dict()
        on_epoch(progress)

    if progress.best_weights:
        model.load_state_dict(progress.best_weights)
    return model, progress


def validate(progress: Progress, model: Recogniser, dev: Examples) -> None:
    """Compute the dev UAR and loss after an epoch, and keep the weights if they are the best so far."""
    logits = logits_of(model, dev.store, dev.utterance_ids)
    loss = float(nn.functional.cross_entropy(torch.from_numpy(logits), torch.from_numpy(dev.classes)))
    recalls = [np.mean(logits[dev.classes == c].argmax(axis=1) == c) for c in np.unique(dev.classes)]
    uar = float(np.mean(recalls))
    progress.history[-1].update(dev_uar=uar, dev_loss=loss)
    if (uar, -loss) > (progress.dev_uar, -progress.dev_loss):
        progress.best_epoch, progress.dev_uar, progress.dev_loss = progress.epoch, uar, loss
        progress.best_weights = copy.deepcopy(model.state_dict())


def standardisation(train: Examples) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation of every band over all frames of the training utterances: (D,), (D,)."""
    total, squares, count = 0.0, 0.0, 0
    for utterance_id in train.utterance_ids:
        frames = train.store.frames(utterance_id).astype(np.float64)
        total, squares, count = total + frames.sum(axis=0), squares + np.square(frames).sum(axis=0), count + len(frames)
    mean = np.asarray(total / count)
    std = np.sqrt(np.maximum(np.asarray(squares / count) - mean**2, 1e-6))
    return torch.from_numpy(mean).float(), torch.from_numpy(std).float()


def class_weights(train: Examples, num_classes: int) -> Tensor:
    """N / (C * utterances of the class), so that all classes weigh the same; 0 for one without utterances: (C,)."""
    counts = np.bincount(train.classes, minlength=num_classes)
    weights = np.divide(len(train), num_classes * counts, out=np.zeros(num_classes), where=counts > 0)
    return torch.from_numpy(weights).float()


def rate_factor(epoch: int, epochs: int) -> float:
    """Half a cosine from 1 to 0 over `epochs` (Loshchilov & Hutter 2017, arXiv 1608.03983)."""
    return float(0.5 * (1 + np.cos(np.pi * min(epoch, epochs) / (epochs + 1))))
