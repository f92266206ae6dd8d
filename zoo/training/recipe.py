"""The recipe: everything that determines a training besides its data."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from zoo.study.section import Kind
from zoo.study.train import Train

# of a training that no search has chosen
DEFAULTS = {"learning_rate": 2e-3, "weight_decay": 1e-2, "augmentation": 0.6}


@dataclass(frozen=True)
class Recipe:
    """A training in plain values.

    hyperparameters: of the architecture. task: its entry in the study, and its name. classes: of the scheme. kind,
    frames_per_s: of the input. learning_rate, weight_decay: None where the head is fitted at once. augmentation: name
    -> the strength applied. mixup: alpha; 0: none. balanced_batches: whether classes are equally frequent in an epoch.
    accumulate: batches for one step of the optimiser. average_epochs: over how many of the latest epochs weights are
    averaged. schedule_epochs: length of the learning rate schedule. patience: epochs without a better dev score before
    stopping; without dev speakers all epochs run. refit: whether, after early stopping, a new network is trained on
    train and dev together for as many epochs. output_scale: a factor on the outputs of a head that is fitted at once.
    """

    architecture: str
    hyperparameters: dict[str, Any]
    task: tuple[str, dict[str, Any]]
    classes: tuple[str, ...]
    kind: Kind
    frames_per_s: float | None
    learning_rate: float | None
    weight_decay: float | None
    augmentation: dict[str, float]
    mixup: float
    balanced_batches: bool
    average_epochs: int
    batch_size: int
    accumulate: int
    crop_s: float
    gradient_clip: float
    precision: str
    max_epochs: int
    schedule_epochs: int
    patience: int
    seed: int
    refit: bool = False
    output_scale: float = 1.0

    def for_epochs(self, epochs: int) -> "Recipe":
        """The recipe without early stopping, its whole learning rate schedule in `epochs`."""
        return replace(self, max_epochs=epochs, schedule_epochs=epochs, patience=epochs + 1, refit=False)


def recipe_of(
    config: Mapping[str, Any],
    train: Train,
    *,
    architecture: str,
    task: tuple[str, dict[str, Any]],
    classes: tuple[str, ...],
    kind: Kind,
    frames_per_s: float | None,
    max_epochs: int,
    patience: int,
    seed: int,
    refit: bool,
) -> Recipe:
    """The recipe of a configuration of the search, the same for trials and trainings.

    config: learning_rate, weight_decay, augmentation (strength, as a share of train.augmentation) and hyperparameters;
    the first three are None where the head is fitted at once, which takes one epoch. output_scale: of a selected one.
    """
    at_once = config["learning_rate"] is None
    share = config["augmentation"] or 0.0
    return Recipe(
        architecture=architecture,
        hyperparameters=config["hyperparameters"],
        task=task,
        classes=classes,
        kind=kind,
        frames_per_s=frames_per_s,
        learning_rate=config["learning_rate"],
        weight_decay=config["weight_decay"],
        augmentation={} if at_once else {name: share * full for name, full in train.augmentation[kind].items()},
        mixup=0.0 if at_once else train.mixup,
        balanced_batches=train.balanced_batches and not at_once,
        average_epochs=1 if at_once else train.average_epochs,
        batch_size=train.batch_size,
        accumulate=1 if at_once else train.accumulate,
        crop_s=train.crop_s,
        gradient_clip=train.gradient_clip,
        precision=train.precision,
        max_epochs=1 if at_once else max_epochs,
        schedule_epochs=1 if at_once else max_epochs,
        patience=patience,
        seed=seed,
        refit=refit,
        output_scale=config.get("output_scale", 1.0),
    )
