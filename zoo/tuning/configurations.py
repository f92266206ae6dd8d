"""The list of configurations that is tried for every group of folds."""

import itertools
import math
from typing import Any

import numpy as np

from zoo import architectures
from zoo.architectures.contract import Architecture
from zoo.errors import WRONG_USAGE, ZooError
from zoo.study.model import Model
from zoo.training.recipe import DEFAULTS

LEARNING_RATE = (1e-3, 5e-3)
WEIGHT_DECAY = (1e-3, 1e-1)
# as shares of train.augmentation, in turn; the best on dev speakers was 0.3 for RAVDESS and 1.0 for EmoDB
AUGMENTATION_STRENGTHS = (DEFAULTS["augmentation"], 0.3, 1.0)
DEFAULT: dict[str, Any] = {**DEFAULTS, "hyperparameters": {}}
AT_ONCE = {"learning_rate": None, "weight_decay": None, "augmentation": None}


def configurations(model: Model, num: int, seed: int) -> list[dict[str, Any]]:
    """First the defaults, then random ones (Bergstra & Bengio 2012): a dict of learning_rate, weight_decay,
    augmentation and the architecture's hyperparameters each.

    Number i is the same whatever `num` is; all but the hyperparameters of number i are the same for every model. Those
    that the model fixes are never changed. Where the head is fitted at once there is nothing but the hyperparameters:
    no combination comes twice. Raises ZooError for a hyperparameter that the architecture does not have, and if there
    are fewer combinations than `num`.
    """
    architecture = architectures.get(model.architecture)
    architecture.settings(model.fixed)
    space = architecture.search_space
    if architecture.solve is not None:
        every = _combinations(architecture, model.fixed, seed)
        if len(every) < num:
            raise ZooError(
                f"{architecture.name} has only {len(every)} configurations to try, not {num}",
                f"state num_trials: {len(every)} for the model",
                WRONG_USAGE,
            )
        return [AT_ONCE | {"hyperparameters": chosen} for chosen in every[:num]]
    result: list[dict[str, Any]] = [DEFAULT | {"hyperparameters": _defaults(architecture) | model.fixed}]
    for number in range(1, num):
        random = np.random.default_rng([seed, number])
        rate, decay = _log_uniform(random, *LEARNING_RATE), _log_uniform(random, *WEIGHT_DECAY)
        chosen = {name: values[int(random.integers(len(values)))] for name, values in space.items()}
        result.append(
            {
                "learning_rate": rate,
                "weight_decay": decay,
                "augmentation": AUGMENTATION_STRENGTHS[number % len(AUGMENTATION_STRENGTHS)],
                "hyperparameters": chosen | model.fixed,
            }
        )
    return result[:num]


def _log_uniform(random: np.random.Generator, low: float, high: float) -> float:
    return float(f"{math.exp(random.uniform(math.log(low), math.log(high))):.3g}")


def _defaults(architecture: Architecture) -> dict[str, Any]:
    defaults = architecture.hyperparameters()
    return {name: getattr(defaults, name) for name in architecture.search_space}


def _combinations(architecture: Architecture, fixed: dict[str, Any], seed: int) -> list[dict[str, Any]]:
    """The defaults, then all others of the search space in random order."""
    space = {name: values for name, values in architecture.search_space.items() if name not in fixed}
    every = [dict(zip(space, values, strict=True)) | fixed for values in itertools.product(*space.values())]
    first = _defaults(architecture) | fixed
    others = [one for one in every if one != first]
    return [first, *(others[at] for at in np.random.default_rng(seed).permutation(len(others)))]
