"""The recipe: everything that determines a training besides its data."""

from dataclasses import dataclass, replace
from typing import Any

from zoo.study.train import Augmentation, Train


@dataclass(frozen=True)
class Recipe:
    """A training in plain values.

    hyperparameters: of the architecture. augmentation: the strengths applied. schedule_epochs: length of the learning
    rate schedule. patience: epochs without a better dev UAR before stopping; without dev speakers all epochs run.
    refit: whether, after early stopping, a new network is trained on train and dev together for as many epochs.
    """

    architecture: str
    hyperparameters: dict[str, Any]
    learning_rate: float
    weight_decay: float
    augmentation: Augmentation
    num_classes: int
    frames_per_s: float
    batch_size: int
    crop_s: float
    class_weights: bool
    gradient_clip: float
    precision: str
    max_epochs: int
    schedule_epochs: int
    patience: int
    seed: int
    refit: bool = False

    def for_epochs(self, epochs: int) -> "Recipe":
        """The recipe without early stopping, its whole learning rate schedule in `epochs`."""
        return replace(self, max_epochs=epochs, schedule_epochs=epochs, patience=epochs + 1, refit=False)


def recipe_of(
    architecture: str,
    config: dict[str, Any],
    train: Train,
    *,
    bands: bool,
    num_classes: int,
    frames_per_s: float,
    max_epochs: int,
    patience: int,
    seed: int,
    refit: bool,
) -> Recipe:
    """The recipe of a configuration of the search, the same for trials and trainings.

    config: learning_rate, weight_decay, augmentation (strength, as a share of train.augmentation) and hyperparameters.
    bands: whether the input's dimensions are neighbouring frequency bands; cepstra are neither shifted nor masked.
    """
    strengths = train.augmentation
    if not bands:
        strengths = strengths.model_copy(update={"warp": 0.0, "gain_db": 0.0, "frequency_mask_share": 0.0})
    return Recipe(
        architecture=architecture,
        hyperparameters=config["hyperparameters"],
        learning_rate=config["learning_rate"],
        weight_decay=config["weight_decay"],
        augmentation=strengths.scaled(config["augmentation"]),
        num_classes=num_classes,
        frames_per_s=frames_per_s,
        batch_size=train.batch_size,
        crop_s=train.crop_s,
        class_weights=train.class_weights,
        gradient_clip=train.gradient_clip,
        precision=train.precision,
        max_epochs=max_epochs,
        schedule_epochs=max_epochs,
        patience=patience,
        seed=seed,
        refit=refit,
    )
