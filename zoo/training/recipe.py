"""The recipe: everything that decides a training besides its data."""

from dataclasses import dataclass, replace
from typing import Any

from zoo.study.train import Augmentation, Train


@dataclass(frozen=True)
class Recipe:
    """A training in plain values.

    hyperparameters: of the architecture. augmentation: the amounts that are applied. schedule_epochs: length of the
    learning rate's way down. patience: epochs without a better dev UAR; without dev speakers all epochs run.
    refit: whether, after early stopping on the dev speakers, a network is trained anew on train and dev together for as
    many epochs.
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
        """The recipe without early stopping, the learning rate's whole way down in `epochs`."""
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
    """The recipe of a configuration of the search, for trials and for trainings alike.

    config: learning_rate, weight_decay, augmentation (share of train.augmentation's amounts) and hyperparameters.
    bands: whether the input's dimensions are neighbouring frequency bands; coefficients are not shifted or masked.
    """
    amounts = train.augmentation
    if not bands:
        amounts = amounts.model_copy(update={"warp": 0.0, "gain_db": 0.0, "frequency_mask_share": 0.0})
    return Recipe(
        architecture=architecture,
        hyperparameters=config["hyperparameters"],
        learning_rate=config["learning_rate"],
        weight_decay=config["weight_decay"],
        augmentation=amounts.times(config["augmentation"]),
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
